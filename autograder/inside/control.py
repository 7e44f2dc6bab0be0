"""The inner end of a control socket: messages come from the trusted process alone, answers go back to it."""

import socket

from . import messages, wire


class ControlSocket:
    """Takes messages, with the descriptors that ride on them, and answers them."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def fileno(self) -> int:
        return self.sock.fileno()

    def receive(self) -> tuple[messages.Control, list[int]] | None:
        """The next message and its descriptors, which are the caller's to close; None when nobody will send one."""
        header, descriptors, _, _ = socket.recv_fds(self.sock, wire.HEADER.size, 2)
        if not header:
            return None
        meta_length, _ = wire.HEADER.unpack(header)  # from the trusted side: no cap, sources may be long
        meta = bytearray()
        while len(meta) < meta_length:
            got = self.sock.recv(meta_length - len(meta))
            if not got:  # the trusted side died in the middle of a word
                return None
            meta += got
        return wire.decode_message(messages.control_decoder, meta), descriptors

    def send(self, message: messages.ControlReply) -> None:
        self.sock.sendall(wire.encode_frame(message))

    def close(self) -> None:
        self.sock.close()
