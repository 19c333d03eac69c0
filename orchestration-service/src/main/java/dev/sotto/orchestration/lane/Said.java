package dev.sotto.orchestration.lane;

import dev.sotto.contracts.manifest.SignedManifest;

/** What an announcement comes to. */
public sealed interface Said {
  /**
   * It is believed.
   *
   * @param node the node as it is known now
   * @param lane its lane's manifest
   * @param changed whether more than the time is new
   */
  record Believed(NodeView node, SignedManifest lane, boolean changed) implements Said {}

  /** It was told before, by a process that another has taken the place of. */
  record Outdated() implements Said {}

  /**
   * It is not believed, and changes nothing.
   *
   * @param identity who claims it
   * @param lane digest of the manifest that was shown
   * @param why for people
   */
  record Refused(String identity, String lane, String why) implements Said {}

  /** It is not signed by the node that it names: nobody knows who said it. It changes nothing. */
  record Forged() implements Said {}
}
