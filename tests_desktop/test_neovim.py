"""The language server in a real editor: neovim, set up as docs/editors.md says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import found

ROOT = Path(__file__).resolve().parent.parent
LEAK = """\
import { createWriteStream } from 'node:fs';

export function open(path) {
  const out = createWriteStream(path);
  // “quoted”, 😀: columns are not bytes
  /* 😀 */ setInterval(() => {
    console.log(`waiting: ${out.writableLength} of ${out.writableHighWaterMark}`);
  }, 20);
  return out;
}
"""
COPY = """\
import fs from 'node:fs';

export async function copy(from, to) {
  /* 😀 */ fs.createReadStream(from).pipe(fs.createWriteStream(to));
}
"""
OLDER = """\
-- What newer ones have: one client for all files of a folder.
vim.lsp.start = vim.lsp.start or function(config)
  local id = vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(0, id)
  return id
end
"""
DRIVE = """\
local told = { shown = {}, titles = {} }
local function diagnostics()
  return vim.diagnostic.get(0)
end
local function wait(what, is_so)
  if not vim.wait(15000, is_so, 20) then
    error('waited in vain: ' .. what)
  end
end
local function asked(method, params)
  for _, answer in pairs(vim.lsp.buf_request_sync(0, method, params, 60000) or {}) do
    if answer.error then error(vim.inspect(answer.error)) end
    if answer.result then return answer.result end
  end
end
local function work()
  wait('a finding', function() return #diagnostics() > 0 end)
  for _, one in ipairs(diagnostics()) do
    table.insert(told.shown, { line = one.lnum, column = one.col, message = one.message })
  end
  local first = diagnostics()[1]
  vim.api.nvim_win_set_cursor(0, { first.lnum + 1, first.col })
  told.hover = vim.inspect(asked('textDocument/hover', vim.lsp.util.make_position_params()))
  local params = vim.lsp.util.make_range_params()
  params.context = { diagnostics = {} }
  for _, action in ipairs(asked('textDocument/codeAction', params) or {}) do
    table.insert(told.titles, action.title)
    if action.title:find(CHOSEN, 1, true) == 1 and not told.done then
      told.done = action.title
      vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16')
    end
  end
  wait('no finding', function() return #diagnostics() == 0 end)
  vim.cmd('silent write')
  vim.cmd('silent edit!')
  told.left = #diagnostics()
end
local ok, problem = pcall(work)
told.problem = not ok and tostring(problem) or nil
local out = io.open('told.json', 'w')
out:write(vim.fn.json_encode(told))
out:close()
vim.cmd('qall!')
"""


def configured(folder: Path) -> None:
    """neovim's own folder, with the lines of the page and nothing else."""
    page = (ROOT / "docs" / "editors.md").read_text()
    [snippet] = re.findall(r"```lua\n(.*?)```", page, re.DOTALL)
    (folder / "nvim").mkdir(parents=True)
    (folder / "nvim" / "init.lua").write_text(OLDER + snippet)


def driven(tmp_path: Path, text: str, chosen: str) -> tuple[dict, str]:
    """What the editor saw of `text`, and the file after the quick fix that begins so."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "package.json").write_text('{"name": "it", "engines": {"node": ">=20"}}')
    (tree / ".git").mkdir()
    (tree / "a.mjs").write_text(text)
    (tmp_path / "drive.lua").write_text(f"local CHOSEN = {json.dumps(chosen)}\n{DRIVE}")
    configured(tmp_path / "config")
    beside = str(Path(sys.executable).parent)
    environment = {
        "PATH": os.pathsep.join([beside, "/usr/bin", "/bin"]),
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "LANG": "C.UTF-8",
    }
    drive = f"luafile {tmp_path / 'drive.lua'}"
    done = subprocess.run(
        [found("nvim"), "--headless", "-n", "a.mjs", "-c", drive],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert (tree / "told.json").exists(), done.stderr
    told = json.loads((tree / "told.json").read_text())
    assert "problem" not in told, told["problem"]
    return told, (tree / "a.mjs").read_text()


def test_a_leak_is_shown_fixed_and_saved(tmp_path: Path) -> None:
    told, after = driven(tmp_path, COPY, "Fix pipe-without-pipeline")
    [shown] = told["shown"]
    line = COPY.splitlines()[shown["line"]]
    assert line.encode()[shown["column"] :].startswith(b"pipe(")
    assert "pipeline" in told["hover"]
    assert "await pipeline(fs.createReadStream(from), fs.createWriteStream(to));" in after
    assert "/* 😀 */" in after
    assert told["left"] == 0

    if shutil.which("node"):
        path = tmp_path / "tree" / "a.mjs"
        subprocess.run(["node", "--check", path], check=True)


def test_fix_all_makes_what_is_safe(tmp_path: Path) -> None:
    told, after = driven(tmp_path, LEAK, "Fix all that is safe")
    assert told["shown"]
    assert after != LEAK
    assert after.count("😀") == 2


@pytest.mark.parametrize("text", [COPY])
def test_a_finding_is_accepted_with_a_comment(tmp_path: Path, text: str) -> None:
    told, after = driven(tmp_path, text, "Accept ")
    assert told["done"] == "Accept pipe-without-pipeline in this line"
    assert "unleak-disable" in after
    assert "await pipeline(" not in after
