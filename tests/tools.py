"""Programs of others that tests ask: where they are, and what it means when one is not here.

Who works at home may lack some, and the tests that ask them are skipped, with the reason. A CI lacks none:
`.ci/run` installs them all, so there a test that cannot ask its program has failed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "node" / "node_modules" / ".bin"
"""Where `make tools` puts what comes from npm."""
FROM_NPM = ("newman",)
"""What Debian has no package of; `NEWMAN` may name another one."""


def tool(name: str, environ: Mapping[str, str] = os.environ) -> str:  # noqa: TID251 - where the programs are
    """Return a program's path: what its variable names, or where make or the PATH has it."""
    ours = name in FROM_NPM
    where = f"{NODE}{os.pathsep}{environ.get('PATH', os.defpath)}"
    # Only of npm's: ZSH names a folder in many a home.
    named = environ.get(name.upper()) if ours else None
    if path := named or shutil.which(name, path=where):
        return path
    reason = f"asks {name} itself, which is not here: {'make tools' if ours else f'apt-get install {name}'}"
    if environ.get("CI"):
        pytest.fail(f"{reason}; a CI has every program", pytrace=False)
    pytest.skip(reason)
