package dev.sotto.embedded.chaos;

/** Where a job is when somebody is killed: seen in the services' tables, never guessed by time. */
enum Moment {
  /** Its worst cost is being reserved. */
  REQUESTED,
  /** It waits for a lane; all are full. */
  QUEUED,
  /** It has its lane, and no step has come. */
  PLACED,
  /** Its prompt is at the nodes. */
  PREFILL,
  /** A later step is at the nodes. */
  DECODE,
  /**
   * Its caller has its whole answer, and has not said so. It does when a node's end has been heard.
   */
  ANSWERED,
  /** Its caller has said that it is done; the orchestration has not heard. */
  CLOSING,
  /** It has ended; billing has not heard. */
  SETTLING
}
