"""Receivers for the tests of deliveries: a mail server, a web server and a store.

    receivers.py smtp PORT DIR [--user U --password P] [--certificate FILE --key FILE]
    receivers.py http PORT DIR [--fail N] [--hang]
    receivers.py s3 PORT

Each listens on 127.0.0.1 and prints "ready PORT" when it does; PORT 0 takes a free one.
"""

import argparse
import asyncio
import itertools
import json
import os
import ssl
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"


def ready(port):
    print(f"ready {port}", flush=True)


class Shelf:
    """Numbered files of a folder, which appear whole."""

    def __init__(self, folder, ending):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.ending = folder, ending
        self.numbers, self.lock = itertools.count(1), threading.Lock()

    def put(self, content):
        with self.lock:
            name = os.path.join(self.folder, f"{next(self.numbers)}.{self.ending}")
            handle, temporary = tempfile.mkstemp(dir=self.folder)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(temporary, name)


class Letters:
    """Keeps every message as DIR/n.eml."""

    def __init__(self, folder):
        self.shelf = Shelf(folder, "eml")

    async def handle_DATA(self, server, session, envelope):
        self.shelf.put(envelope.original_content)
        return "250 kept"


def smtp(arguments):
    from aiosmtpd.smtp import SMTP, AuthResult

    def authenticate(server, session, envelope, mechanism, login):
        expected = (arguments.user.encode(), arguments.password.encode())
        # What is not handled here is answered by the server, with 535.
        return AuthResult(success=(login.login, login.password) == expected, handled=False)

    options = {"hostname": "localhost"}
    if arguments.user is not None:
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
    if arguments.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(arguments.certificate, arguments.key)
        options |= {"tls_context": context, "require_starttls": True}
    letters = Letters(arguments.folder)

    async def serve():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(letters, **options), HOST, arguments.port)
        ready(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def http(arguments):
    shelf = Shelf(arguments.folder, "json")
    numbers = itertools.count(1)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if arguments.hang:
                time.sleep(86_400)
            if next(numbers) <= arguments.fail:
                return self.answer(503)
            kept = {
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": body.decode(),
            }
            shelf.put(json.dumps(kept, indent=1).encode())
            return self.answer(200)

        def answer(self, status):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer((HOST, arguments.port), Handler)
    server.daemon_threads = True
    ready(server.server_address[1])
    server.serve_forever()


def s3(arguments):
    import logging

    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address=HOST, port=arguments.port, verbose=False)
    server.start()
    ready(server.get_host_and_port()[1])
    threading.Event().wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for command in (smtp, http, s3):
        sub = commands.add_parser(command.__name__)
        sub.set_defaults(run=command)
        sub.add_argument("port", type=int, metavar="PORT")
        if command is not s3:
            sub.add_argument("folder", metavar="DIR")
    sub = commands.choices["smtp"]
    sub.add_argument("--user")
    sub.add_argument("--password", default="")
    sub.add_argument("--certificate", help="PEM file; STARTTLS is then required")
    sub.add_argument("--key")
    sub = commands.choices["http"]
    sub.add_argument("--fail", type=int, default=0, metavar="N", help="answer 503 to the first N")
    sub.add_argument("--hang", action="store_true", help="accept and never answer")
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
