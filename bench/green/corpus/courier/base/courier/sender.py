import logging

from .message import to_payload

log = logging.getLogger(__name__)


class Sender:
    def __init__(self, transport):
        self.transport = transport

    def send(self, message):
        receipt = self.transport.post("/v1/messages", to_payload(message))
        log.info("sent %s to %s", receipt["id"], message.to)
        return receipt["id"]
