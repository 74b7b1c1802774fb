"""Runs uv where pip would look: the same mirror, the same certificates.

A machine behind a company mirror or proxy has pip set up for it, and uv reads none of that by itself.
What the environment already says about uv stays, and no address is ever written into a file of the project.
"""

import os
import ssl
import subprocess
import sys
from pathlib import Path


def pip_setting(name: str) -> str:
    if named := os.environ.get("PIP_" + name.upper().replace("-", "_")):
        return named
    asked = [sys.executable, "-m", "pip", "config", "get", f"global.{name}"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def system_has_certificates() -> bool:
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile) or (paths.capath is not None and any(Path(paths.capath).iterdir()))


def surroundings() -> dict[str, str]:
    found = {
        "UV_DEFAULT_INDEX": pip_setting("index-url"),
        "SSL_CERT_FILE": pip_setting("cert"),
        "UV_SYSTEM_CERTS": "true" if system_has_certificates() else "",
        "UV_NO_PROGRESS": "true",
    }
    return {name: value for name, value in found.items() if value} | dict(os.environ)


if __name__ == "__main__":
    uv = Path(sys.executable).with_name("uv")
    sys.exit(subprocess.run([uv, *sys.argv[1:]], env=surroundings(), check=False).returncode)
