package dev.sotto.node.peer;

import dev.sotto.links.Link;
import java.util.concurrent.CountDownLatch;

/** A link that serves one job, and what the peer greeted with. Given back clean, or closed. */
public final class Met implements AutoCloseable {
  private final Peers peers;
  private final Link link;
  private final Greeting theirs;
  private final boolean connector;
  private final CountDownLatch over = new CountDownLatch(1);

  Met(Peers peers, Link link, Greeting theirs, boolean connector) {
    this.peers = peers;
    this.link = link;
    this.theirs = theirs;
    this.connector = connector;
  }

  public Link link() {
    return link;
  }

  /** The peer's greeting. */
  public Greeting theirs() {
    return theirs;
  }

  /** The job is over and the link is clean: the next job may have it. */
  public void giveBack() {
    if (connector) {
      peers.giveBack(link);
    }
    over.countDown();
  }

  /** The link is not clean: nobody uses it again. */
  @Override
  public void close() {
    link.close();
    over.countDown();
  }

  /** Waits for the end of the job; whether the link may serve another. */
  boolean awaitRelease() throws InterruptedException {
    over.await();
    return !link.isClosed();
  }
}
