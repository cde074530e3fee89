"""The Node versions that a Dockerfile's images bring along."""

import re
from typing import NamedTuple

_NAME = re.compile(
    r"(?:dockerfile|containerfile)(?:\.(?!dockerignore$|containerignore$).+)?|.+\.dockerfile",
    re.IGNORECASE,
)
_CONTINUED = re.compile(r"\\[ \t]*\r?\n(?:[ \t]*#.*\n)*")
_ARG = re.compile(r"[ \t]*ARG[ \t]+(\w+)=[\"']?([^\s\"']*)", re.IGNORECASE)
_FROM = re.compile(r"[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*[\"']?([^\s\"']+)", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})")

_HOST = r"(?:[\w.-]+\.[\w-]+|localhost)(?::\d+)?/"
_IMAGE = re.compile(
    rf"(?:(?:docker\.io/|(?:{_HOST})?(?:[\w.-]+/)*library/)?node"
    rf"|(?:{_HOST})?(?:bitnami|cimg|circleci)/node"
    r"|gcr\.io/distroless/nodejs(?P<distroless>\d+)?(?:-debian\d+)?"
    r"|public\.ecr\.aws/lambda/nodejs"
    rf"|{_HOST}ubi\d+/nodejs-(?P<ubi>\d+)(?:-minimal)?)"
    r"(?::(?P<tag>[\w.-]+))?(?:@sha256:[0-9a-f]+)?"
)
_TAG = re.compile(r"v?([0-9]{1,3})(?![0-9])")


class Image(NamedTuple):
    """A Node image of a Dockerfile as it is written there, with its major.

    None is a tag that moves (`lts`, `latest`) and so names no version.
    """

    name: str
    major: int | None


def is_dockerfile(name: str) -> bool:
    """Whether a file of that name holds a Dockerfile: `Dockerfile.dev`, `api.Dockerfile`, …"""
    return _NAME.fullmatch(name) is not None


def node_images(text: str) -> list[Image]:
    """The Node images that `text` builds upon, in every one of its stages.

    Variables have the default that an ARG before the first FROM gives them. An image with a
    variable that has none is left out, and so is any that is not known to be Node's: the official
    one, also from a mirror, and those of Bitnami, CircleCI, distroless, AWS Lambda and Red Hat.
    """
    found: list[Image] = []
    arguments: dict[str, str] = {}
    built = False
    for line in _CONTINUED.sub(" ", text).splitlines():
        if argument := _ARG.match(line):
            if not built:
                arguments[argument[1]] = _filled(argument[2], arguments)
        elif stage := _FROM.match(line):
            built = True
            name = _filled(stage[1], arguments)
            if image := _IMAGE.fullmatch(name):
                inside = image["distroless"] or image["ubi"]
                found.append(Image(name, int(inside) if inside else _major(image["tag"])))
    return found


def _filled(text: str, arguments: dict[str, str]) -> str:
    """`text` with its variables replaced; one that has no value stays, and is no image name."""
    return _VARIABLE.sub(
        lambda variable: arguments.get(variable[1] or variable[2]) or variable[3] or variable[0],
        text,
    )


def _major(tag: str | None) -> int | None:
    if tag is None:
        return None
    if number := _TAG.match(tag):
        return int(number[1])
    from unleak.workspace.semver import LTS  # whoever asks for names alone need not load it

    return LTS.get(tag.removeprefix("lts-").partition("-")[0])
