"""What is open to a server while a function goes on that asked it for the headers alone."""

from loopback import serving

BEFORE = {"open sockets": (1, 1), "status is told": (1, 1)}
AFTER = {"open sockets": (0, 0), "status is told": (1, 1)}


def run(subject):
    seen = []
    with serving(200, 8 << 20) as server:

        def then(headers):
            assert headers["Content-Length"] == str(8 << 20)
            seen.append(server.open_sockets())

        told = subject.probe(server.url, then)
    return {"open sockets": max(seen), "status is told": int(told)}
