"""One page's websocket on one kernel: Jupyter Server's, with limits on both directions."""

from __future__ import annotations

from typing import Any

import structlog
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.iostream import StreamBufferFullError
from tornado.websocket import WebSocketClosedError

from panlearn.errors import BadInput
from panlearn.kernels.gateway_buffer import BoundedBuffer
from panlearn.kernels.gateway_frames import check_frame

log = structlog.get_logger(__name__)

MAX_OUTPUT_BYTES = 8 * 1024 * 1024
"""One message to the page: a plot of this size would stall it."""
MAX_UNSENT_BYTES = 64 * 1024 * 1024
"""What may wait for a page that does not read; past that its socket closes."""
HEARD = b"heard"
"""What the pings carry that ask how far a page has read."""
UNREADABLE, ENDED = 1007, 1001


class LearnerChannels(ZMQChannelsWebsocketConnection):  # type: ignore[misc]
    """Frames are checked before Jupyter reads them; output is limited in rate and in size, with a line that says so.

    What was sent is kept until the page's browser answered a later ping: a connection can break, or swallow everything
    for a while, with messages on their way. When the page returns they are sent again, before what came meanwhile. A
    page that had got some of them gets those twice, each with the `msg_id` that it had.
    """

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self._asked = BoundedBuffer()  # sent before the ping that is under way
        self._since = BoundedBuffer()  # sent after it
        self._asking = self._parted = False

    async def prepare(self) -> None:
        """Take the place of this page's earlier socket, if one is still open: its messages come this way."""
        earlier = self._open_sessions.get(f"{self.kernel_id}:{self.session.session}")
        if earlier is not None and earlier.connection is not None:
            earlier.connection.disconnect()
            earlier.close(ENDED, "This page has opened another connection.")
        await super().prepare()

    def disconnect(self) -> None:
        """The socket is closed, or given up: once."""
        if self._parted:
            return
        self._parted = True
        super().disconnect()
        self.multi_kernel_manager.put_back(self.kernel_id, self.session_key, [*self._asked, *self._since])

    def heard(self) -> None:
        """The page's browser answered: it has everything that was sent before the ping."""
        self._asked, self._since = self._since, BoundedBuffer()
        self._asking = False
        if self._asked:
            self._ask()

    def _keep(self, stream: Any, message: list[Any]) -> None:
        self._since.append((stream if isinstance(stream, str) else stream.channel, message))
        if not self._asking:
            self._asked, self._since = self._since, BoundedBuffer()
            self._ask()

    def _ask(self) -> None:
        self._asking = True
        self.websocket_handler.ping(HEARD)

    def connect(self) -> Any:
        """Begin to relay."""
        if (protocol := self.websocket_handler.ws_connection) is not None:
            protocol.stream.max_write_buffer_size = MAX_UNSENT_BYTES
        return super().connect()

    def handle_incoming_message(self, incoming_msg: Any) -> None:
        """Relay a message of the page. One that cannot be read closes this socket, and no other."""
        try:
            check_frame(incoming_msg, self.subprotocol)
            super().handle_incoming_message(incoming_msg)
        except BadInput as error:
            log.info("kernel.frame_refused", kernel=self.kernel_id, why=error.message)
            self.websocket_handler.close(UNREADABLE, str(error)[:120])

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        """Relay a message of the kernel."""
        try:
            size = sum(len(part) for part in outgoing_msg)
            if size > MAX_OUTPUT_BYTES:
                self._say_too_big(size, outgoing_msg)
            else:
                self._keep(stream, outgoing_msg)
                super().handle_outgoing_message(stream, outgoing_msg)
        except (StreamBufferFullError, WebSocketClosedError):
            self.websocket_handler.close(ENDED, "The page does not read what its kernel says.")
        except (ValueError, KeyError, TypeError) as error:
            # The learner's code owns the kernel's sockets and can write anything there: not a message, not relayed.
            log.info("kernel.message_refused", kernel=self.kernel_id, why=type(error).__name__)

    def _say_too_big(self, size: int, outgoing_msg: list[Any]) -> None:
        self._say(f"This output is {size / 1e6:.0f} MB, too large to show. Print a summary instead.", outgoing_msg)

    def say(self, text: str, message: list[Any]) -> None:
        """Say something in the output of the cell that a kernel's message belongs to."""
        try:
            self._say(text, message)
        except (StreamBufferFullError, WebSocketClosedError, ValueError, KeyError, TypeError, IndexError) as error:
            log.info("kernel.not_said", kernel=self.kernel_id, why=type(error).__name__)

    def _say(self, text: str, message: list[Any]) -> None:
        _, parts = self.session.feed_identities(message)
        self.write_stderr(text, self.session.unpack(parts[2]))

    def write_stderr(self, error_message: str, parent_header: Any) -> None:
        """Say in the cell's output what was left out, in words for the learner, not Jupyter's for its operator."""
        if "rate exceeded" in error_message:
            error_message = "Too much output at once: some of it is left out here. Print less, or print a summary."
        super().write_stderr(error_message, parent_header)

    def on_restart_failed(self) -> None:
        """The kernel is dead: say so, and close, since nothing more will come."""
        try:
            self._send_status_message("dead")
        except (StreamBufferFullError, WebSocketClosedError):
            log.info("kernel.page_gone", kernel=self.kernel_id)
        self.websocket_handler.close(ENDED, f"The kernel has ended: {self.kernel_manager.reason}"[:120])


def tell_pages(kernel_id: str, text: str, message: list[Any]) -> None:
    """Say something in the output of the cell that a kernel's message belongs to, on every page of that kernel."""
    for page in list(LearnerChannels._open_sockets):  # noqa: SLF001  jupyter_server's own list of them
        if page.kernel_id == kernel_id:
            page.say(text, message)
