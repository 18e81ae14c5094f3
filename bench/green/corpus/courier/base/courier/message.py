from dataclasses import dataclass, field


@dataclass
class Message:
    to: str
    body: str
    channel: str = "email"
    tags: list = field(default_factory=list)


def to_payload(message):
    return {
        "to": message.to,
        "body": message.body,
        "channel": message.channel,
    }


def from_payload(data):
    return Message(to=data["to"], body=data["body"], channel=data.get("channel", "email"))
