"""A TCP proxy that stands still after so many bytes of its first connection, so that whoever is behind it can be killed while bytes flow.

usage: cutting_proxy.py PORT BEHIND BYTES MARK    passes bytes between 127.0.0.1:PORT and 127.0.0.1:BEHIND. After BYTES in one direction it makes
the file MARK and passes no more on that connection; while MARK is there, later connections pass freely.
"""

import asyncio
import pathlib
import sys

PIECE = 1 << 16


async def carry(reader, writer, room, mark):
    """Passes bytes one way until one side ends; stands still where there is no room left."""
    while data := await reader.read(PIECE):
        if room is not None and room < len(data):
            mark.touch()
            # Until the other side is gone, which ends this connection.
            while await reader.read(PIECE):
                pass
            break
        if room is not None:
            room -= len(data)
        writer.write(data)
        await writer.drain()


async def serve(reader, writer, behind, limit, mark):
    room = None if mark.exists() else limit
    try:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", behind)
    except OSError:
        writer.close()
        return
    ways = [
        asyncio.ensure_future(carry(reader, far_writer, room, mark)),
        asyncio.ensure_future(carry(far_reader, writer, room, mark)),
    ]
    _, open_ways = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in open_ways:
        way.cancel()
    for way in ways:
        try:
            await way
        except (OSError, asyncio.CancelledError):
            pass
    for end in (writer, far_writer):
        end.close()


async def main(port, behind, limit, mark):
    async def accepted(reader, writer):
        await serve(reader, writer, int(behind), int(limit), pathlib.Path(mark))

    server = await asyncio.start_server(accepted, "127.0.0.1", int(port))
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    asyncio.run(main(*sys.argv[1:]))
