"""A server that answers as an IPFS daemon does, and lies: other bytes than were asked for, another name for what it is given.

usage: lying_gateway.py PORT FILE    gives FILE's bytes with one of them changed to whoever asks for anything, on 127.0.0.1.
"""

import http.server
import json
import pathlib
import sys

# The id of an empty file: a good one, and never that of what was sent here.
OTHER = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"


def handler(lie):
    class Liar(http.server.BaseHTTPRequestHandler):
        def read_body(self):
            if self.headers.get("transfer-encoding", "").lower() == "chunked":
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    self.rfile.read(size + 2)
                self.rfile.readline()
            else:
                self.rfile.read(int(self.headers.get("content-length", 0)))

        def do_POST(self):
            self.read_body()
            if self.path.startswith("/api/v0/add"):
                answer = json.dumps({"Name": "file", "Hash": OTHER, "Size": "0"}).encode() + b"\n"
            else:
                answer = lie
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    return Liar


def main(port, file):
    lie = bytearray(pathlib.Path(file).read_bytes())
    lie[len(lie) // 2] ^= 1
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), handler(bytes(lie))).serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
