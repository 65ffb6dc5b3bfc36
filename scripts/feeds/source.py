#!/usr/bin/env python3
"""An HTTP server of prices for tests: one address each for several nodes, each of which can be told to lie, stall or fail."""

import base64
import functools
import json
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# For each address a file in this folder says how it behaves: right, lie, stall, flood, garbage, nan or redirect.
FOLDER = Path(sys.argv[1])
PORT = int(sys.argv[2])
ADDRESSES = sys.argv[3:]


def prices():
    """Prices that move every round and are the same for whoever asks at the time."""
    step = int(time.time() / 12)
    return {"BTC/USD": f"{64_000 + step * 17 % 50}.25", "ETH/USD": 3_000 + step * 7 % 20}


# Bytes, of which there is no median.
SEAL = {"seal": "0x00c0ffee"}


@functools.lru_cache(maxsize=1)
def token(second):
    """The prices of a second, as a JSON web signature by the key in the folder."""
    payload = json.dumps({"iat": second, **prices()}).encode()
    parts = (base64.urlsafe_b64encode(part).rstrip(b"=") for part in (b'{"alg":"EdDSA"}', payload))
    message = b".".join(parts)
    with tempfile.NamedTemporaryFile() as file:
        file.write(message)
        file.flush()
        signature = subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", FOLDER / "key.pem", "-in", file.name],
            capture_output=True,
            check=True,
        ).stdout
    return (message + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


class Source(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        address = self.server.server_address[0]
        mode = (FOLDER / address).read_text().strip()
        if mode == "stall":
            time.sleep(30)
        if mode == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.end_headers()
            return
        body = {
            "lie": json.dumps({"BTC/USD": 99_999, "ETH/USD": 1, "seal": "0xbad0"}),
            "garbage": "<html>no prices here</html>",
            "nan": '{"BTC/USD": NaN, "ETH/USD": "NaN"}',
            "flood": " " * 10_000_000,
        }.get(mode) or (token(int(time.time())) if self.path == "/signed" else json.dumps({**prices(), **SEAL}))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body.encode())
        except (BrokenPipeError, ConnectionResetError):
            # A node that has read as much as it takes closes the connection.
            pass


for address in ADDRESSES:
    (FOLDER / address).write_text("right")
    server = ThreadingHTTPServer((address, PORT), Source)
    threading.Thread(target=server.serve_forever, daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
