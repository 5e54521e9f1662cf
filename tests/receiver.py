"""A receiver of webhooks on this machine: ``from tests.receiver import receiver``."""

import http.server
import threading

import pytest


@pytest.fixture
def receiver(settings):
    """``status`` is what it answers; ``seen`` holds headers and body of what it got, ``paths`` where each was sent."""
    settings.WEBHOOK_SECRET = "s3cret"

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.server.seen.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.server.paths.append(self.path)
            self.send_response(self.server.status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.status, server.seen, server.paths = 200, [], []
    server.url = f"http://127.0.0.1:{server.server_port}/hook?x=1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
