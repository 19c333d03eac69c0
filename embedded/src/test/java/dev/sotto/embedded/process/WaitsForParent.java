package dev.sotto.embedded.process;

import java.util.concurrent.CountDownLatch;

/** A child that does nothing but watch its parent. */
final class WaitsForParent {
  private WaitsForParent() {}

  public static void main(String[] args) throws InterruptedException {
    ParentWatch.start(System.in);
    System.out.println("waits");
    new CountDownLatch(1).await();
  }
}
