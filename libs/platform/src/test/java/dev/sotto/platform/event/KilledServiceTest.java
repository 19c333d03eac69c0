package dev.sotto.platform.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.disposable.DisposableData;
import dev.sotto.platform.data.DatabaseSetup;
import dev.sotto.platform.data.ServiceLogin;
import dev.sotto.platform.start.DisposableInstallation;
import dev.sotto.platform.testing.Samples;
import dev.sotto.platform.testing.Teller;
import java.io.BufferedReader;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KilledServiceTest {
  private static final long SEED = 20261126;

  /**
   * Killed wherever it happens to be; whatever it had committed is told once in effect, in order.
   */
  @Test
  void nothingIsLostAndNothingIsDoneTwice() throws Exception {
    DisposableInstallation installation = Samples.installation();
    ServiceLogin login = installation.login("sample");
    DatabaseSetup.prepare(
        Samples.superuser(), installation.url().replaceFirst(".*/", ""), List.of(login));
    Random random = new Random(SEED);
    for (int round = 0; round < 3; round++) {
      Process teller = start(installation.url(), login.appPassword());
      try (BufferedReader out = teller.inputReader()) {
        assertThat(out.lines().anyMatch("telling"::equals)).isTrue();
        assertThat(teller.waitFor(500 + random.nextInt(2500), TimeUnit.MILLISECONDS)).isFalse();
      } finally {
        teller.destroyForcibly();
        teller.onExit().get(60, TimeUnit.SECONDS);
      }
    }
    Teller last =
        new Teller(installation.url(), login.appPassword(), DisposableData.kafka().bootstrap());
    try {
      List<String> told = last.noted("told");
      assertThat(told).isNotEmpty();
      Samples.until(() -> last.noted("taken").size() >= told.size());
      assertThat(last.noted("taken")).isEqualTo(told);
    } finally {
      last.close();
    }
  }

  private static Process start(String url, String password) throws Exception {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Teller.class.getName(),
            url,
            password,
            DisposableData.kafka().bootstrap())
        .redirectErrorStream(true)
        .start();
  }
}
