package dev.sotto.orchestration.lane;

/** What a lane is good for now. */
public enum LaneState {
  /** All its nodes are there and take jobs. */
  ALIVE,
  /** All its nodes are there; some finish what they have and take no more. */
  DRAINING,
  /** It failed a job as if a node were gone, and not all its nodes have been heard of since. */
  DOUBTED,
  /** Some of its nodes are not there. */
  INCOMPLETE,
  /** Its manifest's time is over. */
  EXPIRED,
  /** It, or a node of it, was revoked. */
  REVOKED
}
