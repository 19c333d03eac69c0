package dev.sotto.embedded.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.UserHome;
import dev.sotto.embedded.testing.UserHome.Outcome;
import dev.sotto.embedded.testing.UserHome.Started;
import dev.sotto.launch.PlatformStatus;
import dev.sotto.launch.PlatformStatus.ProcessStatus;
import dev.sotto.scan.MemoryScan;
import dev.sotto.scan.Needles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is said in {@code sotto chat} is in no record, table, file, log or metric of the platform,
 * nor in the memory of any of its processes, while all of them run; and the same scan finds it in
 * the enclave. A node's identity, which is public, is looked for with it: a scan that does not find
 * that where it is has not looked.
 */
class PlatformCanaryTest {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(300);
  private static final String IDENTITY = "an identity";
  private static final String CONTROL = IDENTITY + " as UTF-8";

  @TempDir private static Path folder;

  @Test
  void nothingThatIsSaidIsAnywhereButInTheEnclave() throws Exception {
    UserHome home = UserHome.in(folder);
    Outcome up =
        home.run(
            "up",
            "--model",
            home.model().toString(),
            "--port",
            String.valueOf(UserHome.freePort()));
    assertThat(up.exitCode()).as(up.toString()).isZero();
    try {
      KnownAnswer known = KnownAnswer.of(home.model());
      Needles secrets = known.needles();
      Started enclave = home.start(command());
      try {
        converse(enclave, known);
        assertThat(new MemoryScan(secrets).find(enclave.process().pid()))
            .contains(
                "the phrase as UTF-16",
                "the prompt's ids as int32, LITTLE_ENDIAN",
                "the answer as UTF-16",
                "the answer's ids as int32, LITTLE_ENDIAN");
        PlatformStatus status =
            PlatformStatus.of(home.run("status", "--json").out().getBytes(StandardCharsets.UTF_8));
        Needles control = new Needles();
        control.text(IDENTITY, status.lanes().getFirst().nodes().getFirst().identity());
        Needles all = secrets.and(control);
        nothingInRecords(home, all);
        nothingInTables(home, all);
        nothingInFiles(home, all);
        nothingInMetrics(home, secrets);
        nothingInMemory(status, all);
        assertThat(enclave.process().isAlive()).isTrue();
      } finally {
        enclave.process().destroyForcibly();
      }
    } finally {
      Outcome down = home.run("down");
      assertThat(down.exitCode()).as(down.toString()).isZero();
    }
  }

  private static String[] command() {
    return Stream.concat(Stream.of("chat"), KnownAnswer.OPTIONS.stream()).toArray(String[]::new);
  }

  /** Says the prompt, over a pipe that stays open, and waits for all of the answer. */
  private static void converse(Started enclave, KnownAnswer known) throws Exception {
    byte[] line = (KnownAnswer.PROMPT + "\n").getBytes(StandardCharsets.UTF_8);
    enclave.process().getOutputStream().write(line);
    enclave.process().getOutputStream().flush();
    long start = System.nanoTime();
    String out = "";
    while (!out.endsWith(known.answer().text() + "\n")) {
      String so = "%s, and complains: %s".formatted(out, Files.readString(enclave.err()));
      assertThat(enclave.process().isAlive()).as(so).isTrue();
      assertThat(System.nanoTime() - start).as(so).isLessThan(PATIENCE_NANOS);
      boolean _ = new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
      out = new String(Files.readAllBytes(enclave.out()), StandardCharsets.UTF_8);
    }
  }

  private static void nothingInRecords(UserHome home, Needles all) throws IOException {
    MemoryScan scan = new MemoryScan(all);
    Broker.Finding finding =
        Broker.find(setting(home, "orchestration", "spring.kafka.bootstrap-servers"), scan);
    assertThat(finding.found()).containsExactly(CONTROL);
    assertThat(finding.records()).isGreaterThan(3 * 16); // a step has more than three
  }

  private static void nothingInTables(UserHome home, Needles all) throws Exception {
    Tables.Finding finding =
        Tables.find(
            setting(home, "orchestration", "spring.datasource.url"),
            Files.readString(home.platform().postgres().resolve("superuser-password")).strip(),
            new MemoryScan(all));
    assertThat(finding.found()).containsExactly(CONTROL);
    assertThat(finding.rows()).isGreaterThan(0);
  }

  private static String setting(UserHome home, String service, String name) throws IOException {
    return Files.readAllLines(home.platform().config().resolve(service + ".yml")).stream()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.replaceAll(".*: '(.*)'", "$1"))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Segments, tables' files, write-ahead log, logs, settings: whatever the platform has written.
   */
  private static void nothingInFiles(UserHome home, Needles all) throws IOException {
    List<Path> files;
    Path programs = home.platform().postgres().resolve("programs");
    try (Stream<Path> walk = Files.walk(home.platform().path())) {
      files = walk.filter(Files::isRegularFile).filter(f -> !f.startsWith(programs)).toList();
    }
    Map<String, Set<Path>> where = new LinkedHashMap<>();
    MemoryScan scan = new MemoryScan(all);
    for (Path file : files) {
      try {
        for (String name : scan.find(file)) {
          where.computeIfAbsent(name, _ -> new TreeSet<>()).add(file);
        }
      } catch (NoSuchFileException | FileNotFoundException e) {
        assertThat(file).doesNotExist(); // a temporary one
      }
    }
    assertThat(where).containsOnlyKeys(CONTROL);
    assertThat(where.get(CONTROL))
        .anyMatch(file -> file.startsWith(home.platform().kafka()))
        .anyMatch(file -> file.startsWith(home.platform().postgres()));
    for (String log : List.of("platform", "lane-1-dealer", "kafka", "postgres")) {
      assertThat(files).contains(home.platform().log(log));
    }
  }

  private static void nothingInMetrics(UserHome home, Needles secrets) throws Exception {
    Properties ports = new Properties();
    try (var in = Files.newBufferedReader(home.platform().config().resolve("ports"))) {
      ports.load(in);
    }
    Set<String> pages =
        new TreeSet<>(List.of("gateway.management", "orchestration", "billing", "verification"));
    ports.stringPropertyNames().stream()
        .filter(name -> name.endsWith(".health"))
        .forEach(pages::add);
    assertThat(pages).hasSize(4 + 3);
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String page : pages) {
        URI uri =
            URI.create("http://127.0.0.1:" + ports.getProperty(page) + "/actuator/prometheus");
        HttpResponse<byte[]> metrics =
            client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray());
        assertThat(metrics.statusCode()).as(page).isEqualTo(200);
        assertThat(new String(metrics.body(), StandardCharsets.UTF_8)).as(page).contains("jvm_");
        assertThat(new MemoryScan(secrets).find(metrics.body())).as(page).isEmpty();
      }
    }
  }

  /** The supervisor and all that it started, servers' helpers too. */
  private static void nothingInMemory(PlatformStatus status, Needles all) throws IOException {
    ProcessHandle supervisor = ProcessHandle.of(status.pid()).orElseThrow();
    Set<Long> pids = new HashSet<>(Set.of(supervisor.pid()));
    supervisor.descendants().map(ProcessHandle::pid).forEach(pids::add);
    Set<Long> named = new HashSet<>();
    for (ProcessStatus process : status.processes()) {
      named.add(process.pid());
    }
    assertThat(pids).containsAll(named);
    for (long pid : pids) {
      MemoryScan scan = new MemoryScan(all);
      Set<String> found;
      try {
        found = scan.find(pid);
      } catch (IOException e) {
        assertThat(ProcessHandle.of(pid)).as("can be read: %s", e).isEmpty(); // ended since
        assertThat(named).doesNotContain(pid);
        continue;
      }
      found.removeIf(name -> name.startsWith(IDENTITY));
      assertThat(found).as("process %d", pid).isEmpty();
      if (named.contains(pid)) {
        assertThat(scan.scanned()).as("bytes of process %d", pid).isGreaterThan(1_000_000);
      }
    }
    assertThat(new MemoryScan(all).find(process(status, "platform"))).contains(CONTROL);
    assertThat(new MemoryScan(all).find(process(status, "lane-1-dealer"))).contains(CONTROL);
  }

  private static long process(PlatformStatus status, String name) {
    return status.processes().stream()
        .filter(process -> process.name().equals(name))
        .findFirst()
        .orElseThrow()
        .pid();
  }
}
