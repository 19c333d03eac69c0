package dev.sotto.platform.testing;

import dev.sotto.contracts.event.CreditGranted;
import dev.sotto.disposable.DisposableData;
import dev.sotto.disposable.Postgres;
import dev.sotto.platform.data.Superuser;
import dev.sotto.platform.start.DisposableInstallation;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** An installation, and events to tell. */
public final class Samples {
  private Samples() {}

  public static DisposableInstallation installation() {
    return new DisposableInstallation(superuser(), DisposableData.kafka().bootstrap());
  }

  public static Superuser superuser() {
    Postgres server = DisposableData.postgres();
    return new Superuser(server.url("postgres"), server.superuser(), server.password());
  }

  public static String job() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  public static CreditGranted event() {
    return new CreditGranted(job());
  }

  /** Returns once a condition holds; fails after a minute. */
  public static void until(BooleanSupplier condition) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < 3000; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      if (never.await(20, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
    throw new AssertionError("The condition did not come to hold within a minute");
  }
}
