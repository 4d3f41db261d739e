"""A mail server for tests: aiosmtpd, with recipients that it treats in ways of their own.

Tells on standard output, a JSON object per line, what it is asked and what it took. Each line on standard input lets go of what it holds.
Arguments: [--tls CERTIFICATE KEY] [--auth USER PASSWORD] [--port PORT]
"""

import argparse
import asyncio
import email
import email.utils
import json
import ssl
import sys
from email.header import decode_header, make_header

from aiosmtpd.smtp import SMTP, AuthResult

held = asyncio.Condition()
seen = {}


def tell(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


async def hold(step, address):
    """Until the test lets go."""
    tell("held", step=step, address=address)
    async with held:
        await held.wait()


def first(what, address):
    """Whether this is new."""
    seen[what, address] = seen.get((what, address), 0) + 1
    return seen[what, address] == 1


def parts(message):
    leaves = [part for part in message.walk() if not part.is_multipart()]
    return {part.get_content_type(): part.get_payload(decode=True).decode("utf-8") for part in leaves}


def words(header):
    return str(make_header(decode_header(header)))


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        tell("mail", address=address)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        tell("rcpt", address=address)
        local = address.split("@")[0]
        if local == "unknown":
            return "550 5.1.1 <%s>: no such mailbox here" % address
        if local == "busy" and first("busy", address):
            return "451 4.3.0 <%s>: come back later" % address
        if local == "hold-rcpt" and first("hold-rcpt", address):
            await hold("rcpt", address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        local = address.split("@")[0]
        if local == "greylisted" and first("greylisted", address):
            return "450 4.7.1 greylisted"
        if local == "refused":
            return "554 5.7.1 not wanted"
        # Taken: from here on a copy is in the mailbox, whatever the sender learns of it.
        message = email.message_from_bytes(envelope.content)
        raw = envelope.content.decode("ascii")
        headers = [line.split(":")[0] for line in raw.split("\r\n\r\n")[0].split("\r\n") if line[:1] not in " \t"]
        tell(
            "taken",
            mail_from=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            headers=headers,
            id=message["message-id"],
            to=words(message["to"]),
            to_addresses=[address for _, address in email.utils.getaddresses(message.get_all("to"))],
            subject=words(message["subject"]),
            kind=message.get_content_type(),
            parts=parts(message),
            tls=session.ssl is not None,
            authenticated=bool(session.authenticated),
            peer=str(session.peer),
        )
        if local == "cut" and first("cut", address):
            server.transport.abort()
            return "250 2.0.0 never read"
        if local in ("slow", "hold-data") and first(local, address):
            await hold("data", address)
        return "250 2.0.0 OK"


async def let_go():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    # The end of the input is the end of the test.
    while await reader.readline():
        async with held:
            held.notify_all()


async def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tls", nargs=2)
    arguments.add_argument("--auth", nargs=2)
    arguments.add_argument("--port", type=int, default=0)
    asked = arguments.parse_args()
    options = {"enable_SMTPUTF8": True, "timeout": 600}
    if asked.tls:
        options["tls_context"] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        options["tls_context"].load_cert_chain(*asked.tls)
        options["require_starttls"] = True
    if asked.auth:
        user, password = (part.encode() for part in asked.auth)

        def authenticator(server, session, envelope, mechanism, data):
            return AuthResult(success=(data.login, data.password) == (user, password), handled=False)

        options["authenticator"] = authenticator
        options["auth_required"] = True
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Handler(), hostname="mail.example", **options), "127.0.0.1", asked.port
    )
    tell("listening", port=server.sockets[0].getsockname()[1])
    await let_go()


asyncio.run(main())
