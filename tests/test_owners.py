"""Who owns a file, as GitHub and GitLab say it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unleak.workspace.owners import Host, owners_in, owners_of

GITHUB = """
# A comment.
*               @everyone
*.js            @js   # a comment behind
/build/logs/    @logs
docs/*          docs@example.com
apps/           @org/apps-team
/site/          @site
/site/github
/a/**/z.ts      @zs
**/fixtures     @fixtures
src/*.ts        @flat
path\\ with/x    @spaces
/deep/**        @deep
/te?t/f*o*r.ts  @wild
"""

GITLAB = """
*                     @everyone
\\#odd.rb              @hash
path\\ with\\ spaces/   @spaces
/only.md              @root

[Docs][2] @docs me@example.com
docs/
/guide                @guide
/flat/**              @flat

^[Ruby]
*.rb                  @ruby # and @cee
!/config/**/*.rb
/config/routes.rb     @ops
[ab]x.c               @range
lib/deep/             @deep @@maintainer

[DOCS]
README.md             @group/sub/team
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README", "@everyone"),
        ("a/b/c.txt", "@everyone"),
        (".hidden/.file", "@everyone"),
        ("x/main.js", "@js"),
        ("x/main.jsx", "@everyone"),
        ("odd.js/inside.txt", "@js"),  # a folder that fits has all that is in it
        ("build/logs/a/b.txt", "@logs"),
        ("x/build/logs/b.txt", "@everyone"),
        ("build/logs", "@everyone"),  # a file where the slash wants a folder
        ("docs/start.md", "docs@example.com"),
        ("docs/app/start.md", "@everyone"),
        ("x/docs/start.md", "@everyone"),
        ("apps/one", "@org/apps-team"),
        ("x/apps/y/one", "@org/apps-team"),
        ("site/index.html", "@site"),
        ("site/github", ""),
        ("site/github/deep/x.js", ""),
        ("site/githubs/x.html", "@site"),
        ("a/z.ts", "@zs"),
        ("a/b/c/z.ts", "@zs"),
        ("a/b/cz.ts", "@everyone"),
        ("fixtures/x", "@fixtures"),
        ("p/fixtures/q/x", "@fixtures"),
        ("src/x.ts", "@flat"),
        ("src/y/x.ts", "@everyone"),
        ("y/src/x.ts", "@everyone"),
        ("path with/x", "@spaces"),
        ("path/x", "@everyone"),
        ("deep/er/x", "@deep"),
        ("text/for.ts", "@wild"),
        ("test/f.o.r.ts", "@wild"),
        ("teet/for.tsx", "@everyone"),
        ("te/t/for.ts", "@everyone"),
        ("SITE/index.html", "@everyone"),
    ],
)
def test_github_takes_the_last_line_that_fits(path: str, owners: str) -> None:
    assert owners_in(GITHUB, Host.GITHUB).of(path) == tuple(owners.split())


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("x", "@everyone"),
        ("a/#odd.rb", "@hash @ruby @cee"),
        ("path with spaces/x", "@spaces"),
        ("x/path with spaces/y/z", "@spaces"),
        ("only.md", "@root"),
        ("x/only.md", "@everyone"),
        ("docs/a/b.md", "@everyone @docs me@example.com"),
        ("x/docs/b.md", "@everyone @docs me@example.com"),
        ("guide", "@everyone @guide"),
        ("guide/x", "@everyone"),  # only a slash at its end makes a pattern a folder's
        ("flat/x", "@everyone @flat"),
        ("flat/x/y", "@everyone"),
        ("a/x.rb", "@everyone @ruby @cee"),
        ("config/x.rb", "@everyone"),
        ("config/a/b/x.rb", "@everyone"),
        ("config/routes.rb", "@everyone"),  # nothing comes back behind an exclusion
        ("u/ax.c", "@everyone @range"),
        ("u/cx.c", "@everyone"),
        ("a/lib/deep/er/x", "@everyone @deep @@maintainer"),
        ("README.md", "@everyone @group/sub/team"),
        ("docs/README.md", "@everyone @group/sub/team"),
    ],
)
def test_gitlab_takes_the_last_line_of_every_section(path: str, owners: str) -> None:
    assert owners_in(GITLAB, Host.GITLAB).of(path) == tuple(owners.split())


def test_a_line_that_comes_twice_on_gitlab_keeps_its_place() -> None:
    text = "*.md @one\n/docs/ @two\n*.md @three\n"
    owners = owners_in(text, Host.GITLAB)
    assert owners.of("docs/x.md") == ("@two",)
    assert owners.of("x.md") == ("@three",)
    assert owners_in(text, Host.GITHUB).of("docs/x.md") == ("@three",)


@pytest.mark.parametrize(
    ("host", "line", "problem"),
    [
        (Host.GITHUB, "!a.js @x", "line 2: GitHub knows no negation here"),
        (Host.GITHUB, "\\#a @x", "line 2: GitHub knows no escaped # here"),
        (Host.GITHUB, "[ab].js @x", "line 2: GitHub knows no character ranges here"),
        (Host.GITHUB, "a.js @x me", "line 2: not an owner: me"),
        (Host.GITHUB, "/ @x", "line 2: names no file: /"),
        (Host.GITHUB, "a.js @x/y/z", "line 2: not an owner: @x/y/z"),
        (Host.GITLAB, "other", "line 2: no owner"),
        (Host.GITLAB, "[Section name", "line 2: not an owner: name"),
        (Host.GITLAB, "[ ]", "line 2: a section without a name"),
        (Host.GITLAB, "!other @x", "line 2: an exclusion has no owners"),
        (Host.GITLAB, "[z-a].js @x", "line 2: not a pattern: [z-a].js"),
    ],
)
def test_a_line_that_says_nothing_is_told_and_passed_over(
    host: Host, line: str, problem: str
) -> None:
    owners = owners_in(f"* @all\n{line}\n/last @last\n", host)
    assert problem in [told.message for told in owners.problems]
    assert owners.of("a.js") == ("@all",)
    assert "@last" in owners.of("last")


def test_gitlab_keeps_the_owners_of_a_line_that_are_owners() -> None:
    assert owners_in("* @a b @c", Host.GITLAB).of("x") == ("@a", "@c")


@pytest.mark.parametrize(
    ("files", "source", "owners"),
    [
        ({"CODEOWNERS": "* @a"}, "CODEOWNERS", "@a"),
        ({"docs/CODEOWNERS": "* @a"}, "docs/CODEOWNERS", "@a"),
        (
            {".github/CODEOWNERS": "* @a", "CODEOWNERS": "* @b", "docs/CODEOWNERS": "* @c"},
            ".github/CODEOWNERS",
            "@a",
        ),
        ({".gitlab/CODEOWNERS": "* @a", "CODEOWNERS": "* @b"}, "CODEOWNERS", "@b"),
        ({".gitlab/CODEOWNERS": "* @a\n[S]\n* @b"}, ".gitlab/CODEOWNERS", "@a @b"),
        ({"CODEOWNERS": "* @a\n[S] @b\n*"}, "CODEOWNERS", "@a @b"),
        ({"CODEOWNERS": "* @a\n!x", ".gitlab-ci.yml": ""}, "CODEOWNERS", ""),
        ({"CODEOWNERS": "\ufeff* @a\r\n"}, "CODEOWNERS", "@a"),
        ({}, None, ""),
    ],
)
def test_the_file_is_where_its_host_looks_first(
    tmp_path: Path, files: dict[str, str], source: str | None, owners: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    found = owners_of(str(tmp_path))
    assert found.source == (tmp_path / source if source else None)
    assert found.of("x") == tuple(owners.split())
    assert not found.problems


def test_a_file_that_github_would_not_load_is_told(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_bytes(b"* @a\n" + b"#" * (3 << 20))
    found = owners_of(str(tmp_path))
    assert [told.code for told in found.problems] == ["too-large"]
    assert found.of("x") == ()


SEGMENTS = st.sampled_from(["a", "b", "a.js", "b.ts", "*", "**", "*.js", "?", "a*", "*.*", "*a*s"])
PATTERNS = st.builds(
    lambda start, segments, end: start + "/".join(segments) + end,
    st.sampled_from(["", "/"]),
    st.lists(SEGMENTS, min_size=1, max_size=3),
    st.sampled_from(["", "/"]),
)
PATHS = st.lists(st.sampled_from(["a", "b", "a.js", "b.ts", "ab"]), min_size=1, max_size=4)


@settings(deadline=None)
@given(st.lists(PATTERNS, min_size=1, max_size=8), st.lists(PATHS, max_size=8))
def test_a_line_says_among_others_what_it_says_alone(
    patterns: list[str], paths: list[list[str]]
) -> None:
    lines = [f"{pattern} @{at}" for at, pattern in enumerate(patterns)]
    for path in map("/".join, paths):
        said = [one for line in lines for one in owners_in(line, Host.GITHUB).of(path)]
        assert owners_in("\n".join(lines), Host.GITHUB).of(path) == tuple(said[-1:])
        said = [one for line in lines for one in owners_in(line, Host.GITLAB).of(path)]
        sections = "".join(f"[S{at}]\n{line}\n" for at, line in enumerate(lines))
        assert owners_in(sections, Host.GITLAB).of(path) == tuple(said)
