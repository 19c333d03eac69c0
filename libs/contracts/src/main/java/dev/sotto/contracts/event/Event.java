package dev.sotto.contracts.event;

/** A fact that one service tells others. */
public sealed interface Event
    permits JobRequested,
        JobFinishRequested,
        JobPlaced,
        JobStranded,
        JobEnded,
        CreditRequested,
        CreditGranted,
        CreditRefused,
        NodeAnnounced,
        DigestShared,
        JobVerified {
  /** Where it is told. */
  Topic topic();

  /** What orders it: events of one key are seen in the order in which they were told. */
  String key();

  /** The version of its fields; readers refuse what is newer. */
  default int version() {
    return 1;
  }
}
