package dev.sotto.node.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Octets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job's id and nonce are taken once, across restarts and whatever a crash has left. */
class SeenJobsTest {
  private static final long NOW = 1_900_000_000_000L;
  private static final long SOON = NOW + 60_000;
  private static final int RECORD = 92;

  private final Random random = new Random(0x5077_0004L);
  @TempDir private Path folder;

  private Octets octets() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return Octets.wrap(bytes);
  }

  private JobOpen job(JobId id, Octets nonce, long expiresAt) {
    return new JobOpen(
        id, "ab".repeat(32), "cd".repeat(32), "lane", 1, 1, octets(), expiresAt, nonce);
  }

  private JobOpen job() {
    return job(new JobId(random.nextLong(), random.nextLong()), octets(), SOON);
  }

  private static void assertReplayed(SeenJobs seen, JobOpen open) {
    assertThatThrownBy(() -> seen.take(open, NOW))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(Failure.Code.REPLAYED));
  }

  @Test
  void aJobIsTakenOnceAcrossRestarts() throws IOException {
    JobOpen taken = job();
    try (SeenJobs seen = SeenJobs.in(folder, NOW)) {
      seen.take(taken, NOW);
      assertReplayed(seen, taken);
    }
    for (int restart = 0; restart < 3; restart++) {
      try (SeenJobs seen = SeenJobs.in(folder, NOW)) {
        assertThat(seen.took(taken)).isTrue();
        JobOpen sameId = job(taken.jobId(), octets(), SOON);
        assertThat(seen.took(sameId)).isFalse();
        assertReplayed(seen, sameId);
        assertReplayed(seen, job(new JobId(1, restart), taken.nonce(), SOON));
        seen.take(job(), NOW);
      }
    }
    assertThat(Files.size(folder.resolve("jobs.log"))).isEqualTo(4 * RECORD);
  }

  @Test
  void whatNobodyCanOpenAnyMoreIsForgotten() throws IOException {
    JobOpen old = job(new JobId(3, 4), octets(), NOW + 1);
    try (SeenJobs seen = SeenJobs.in(folder, NOW)) {
      seen.take(old, NOW);
    }
    long withinGrace = NOW + SeenJobs.GRACE.toMillis();
    try (SeenJobs seen = SeenJobs.in(folder, withinGrace)) {
      assertThat(seen.took(old)).isTrue();
    }
    try (SeenJobs seen = SeenJobs.in(folder, withinGrace + 2)) {
      assertThat(seen.took(old)).isFalse();
    }
    assertThat(Files.size(folder.resolve("jobs.log"))).isZero();
  }

  @Test
  void whatACrashLeftUnfinishedIsDropped() throws IOException {
    JobOpen whole = job();
    JobOpen torn = job();
    try (SeenJobs seen = SeenJobs.in(folder, NOW)) {
      seen.take(whole, NOW);
      seen.take(torn, NOW);
    }
    Path file = folder.resolve("jobs.log");
    byte[] bytes = Files.readAllBytes(file);
    for (int left = 0; left < RECORD; left++) {
      Files.write(file, Arrays.copyOf(bytes, RECORD + left));
      try (SeenJobs seen = SeenJobs.in(folder, NOW)) {
        assertThat(seen.took(whole)).isTrue();
        assertThat(seen.took(torn)).isFalse();
      }
    }
    byte[] lastAltered = bytes.clone();
    lastAltered[bytes.length - 1] ^= 1;
    Files.write(file, lastAltered);
    try (SeenJobs seen = SeenJobs.in(folder, NOW)) {
      assertThat(seen.took(whole)).isTrue();
      seen.take(torn, NOW);
    }
  }

  @Test
  void damageBeforeTheEndStopsTheNode() throws IOException {
    try (SeenJobs seen = SeenJobs.in(folder, NOW)) {
      for (int i = 0; i < 3; i++) {
        seen.take(job(), NOW);
      }
    }
    Path file = folder.resolve("jobs.log");
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < 2 * RECORD; at += 7) {
      byte[] altered = bytes.clone();
      altered[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, altered);
      assertThatThrownBy(() -> SeenJobs.in(folder, NOW))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("jobs.log")
          .hasMessageContaining("damaged");
    }
    Files.write(file, bytes);
    SeenJobs.in(folder, NOW).close(); // and its lock was given back each time
  }

  @Test
  void aFolderHasOneUser() throws IOException {
    try (SeenJobs first = SeenJobs.in(folder, NOW)) {
      assertThatThrownBy(() -> SeenJobs.in(folder, NOW)).hasMessageContaining("another process");
      first.take(job(), NOW);
    }
    SeenJobs.in(folder, NOW).close();
  }
}
