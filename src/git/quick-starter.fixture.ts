// For tests only: the small process of `quick-start.fixture.ts`. It runs one program after the other.
import { endHere, readMessage, type Start, writeMessage } from './quick-start.fixture.ts';

for (let start = readMessage<Start>(0); start; start = readMessage<Start>(0)) writeMessage(1, endHere(start));
