package dev.sotto.models.source;

import dev.sotto.models.ModelException;

/** There is no hub, or it did not answer: what is cached may make up for it. */
final class HubUnreachable extends Exception {
  private static final long serialVersionUID = 1;

  private final ModelException complaint;

  HubUnreachable(ModelException complaint) {
    super(complaint);
    this.complaint = complaint;
  }

  /** What to say where nothing makes up for it. */
  ModelException complaint() {
    return complaint;
  }
}
