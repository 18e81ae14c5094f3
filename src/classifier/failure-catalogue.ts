// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const classifierFailures = catalogue('classifier', {
  CLASSIFICATION_FAILED: {
    kind: 'permanent',
    message: 'Classifying this output takes too much time or memory.',
    advice: 'Send less of it: its end, and the lines that mention the failure.',
  },
  CLASSIFIER_BUSY: {
    kind: 'transient',
    message: 'The machine is too busy to classify the output now.',
    advice: 'Send the request again in a moment.',
  },
  CLASSIFIER_STOPPED: {
    kind: 'transient',
    message: 'Moose stopped before it classified the output.',
    advice: 'Send the request again.',
  },
});
