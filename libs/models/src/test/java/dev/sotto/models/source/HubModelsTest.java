package dev.sotto.models.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sotto.models.MadeUpModel;
import dev.sotto.models.ModelException;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.json.StrictJson;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A hub of our own on this machine, which breaks off, lies and stalls on demand. */
@Timeout(60)
class HubModelsTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String NAME = "hf:someone/some-model@main";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final Map<String, byte[]> files = new TreeMap<>();
  private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> tokens = new ConcurrentLinkedQueue<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private ExecutorService threads;
  private HttpServer server;

  /** How weights are served. */
  private enum Manner {
    HONEST,
    BREAKS_OFF,
    IGNORES_RANGES,
    LIES,
    STALLS,
    REDIRECTS,
    FORBIDS,
    BREAKS_ALWAYS
  }

  private volatile Manner manner = Manner.HONEST;
  private volatile boolean broken;

  HubModelsTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    threads = Executors.newCachedThreadPool();
  }

  @BeforeEach
  void start() throws IOException {
    Path made = folder.resolve("made");
    MadeUpModel.small(3).write(made);
    try (Stream<Path> all = Files.list(made)) {
      for (Path p : all.toList()) {
        files.put(p.getFileName().toString(), Files.readAllBytes(p));
      }
    }
    files.put("README.md", new byte[10]);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    requests.add(path + " " + exchange.getRequestHeaders().getFirst("Range"));
    tokens.add(
        exchange.getRequestHeaders().getFirst("Host")
            + " "
            + exchange.getRequestHeaders().getFirst("Authorization"));
    try (exchange) {
      if (path.equals("/api/models/someone/some-model/revision/main")) {
        answer(exchange, 200, listing().getBytes(StandardCharsets.UTF_8));
        return;
      }
      String prefix = "/someone/some-model/resolve/" + COMMIT + "/";
      byte[] content = files.get(path.startsWith(prefix) ? path.substring(prefix.length()) : "");
      if (content == null) {
        answer(exchange, 404, new byte[0]);
      } else if (path.endsWith(".json")) {
        answer(exchange, 200, content);
      } else {
        weights(exchange, content);
      }
    }
  }

  private void weights(HttpExchange exchange, byte[] content) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from =
        range == null || manner == Manner.IGNORES_RANGES
            ? 0
            : Integer.parseInt(range.replaceAll("\\D", ""));
    byte[] rest = Arrays.copyOfRange(content, from, content.length);
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .add(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    int status = from > 0 ? 206 : 200;
    switch (manner) {
      case HONEST -> answer(exchange, status, rest);
      case LIES -> {
        rest[rest.length / 2]++;
        answer(exchange, status, rest);
      }
      case FORBIDS -> answer(exchange, 403, new byte[0]);
      case REDIRECTS -> {
        boolean arrived = exchange.getRequestHeaders().getFirst("Host").startsWith("localhost");
        if (arrived) {
          answer(exchange, status, rest);
        } else {
          exchange
              .getResponseHeaders()
              .add(
                  "Location",
                  "http://localhost:" + server.getAddress().getPort() + exchange.getRequestURI());
          answer(exchange, 302, new byte[0]);
        }
      }
      case BREAKS_OFF, IGNORES_RANGES -> {
        if (broken) {
          answer(exchange, status, rest);
        } else {
          broken = true;
          part(exchange, status, rest, rest.length / 2);
        }
      }
      case BREAKS_ALWAYS -> part(exchange, status, rest, 0);
      case STALLS -> {
        exchange.sendResponseHeaders(status, rest.length);
        OutputStream out = exchange.getResponseBody();
        out.write(rest, 0, 100);
        out.flush();
        try {
          over.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** Announces everything, sends a part and hangs up. */
  private static void part(HttpExchange exchange, int status, byte[] bytes, int count)
      throws IOException {
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes, 0, count);
    exchange.getResponseBody().flush();
  }

  private static void answer(HttpExchange exchange, int status, byte[] bytes) throws IOException {
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private String listing() {
    ObjectNode json = StrictJson.empty().put("sha", COMMIT);
    ArrayNode siblings = json.putArray("siblings");
    files.forEach(
        (name, content) -> {
          ObjectNode one = siblings.addObject().put("rfilename", name).put("size", content.length);
          one.put(
              "blobId",
              hex(
                  "SHA-1",
                  ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII),
                  content));
          if (!name.endsWith(".json")) {
            one.putObject("lfs").put("sha256", hex("SHA-256", new byte[0], content));
          }
        });
    return json.toString();
  }

  private static String hex(String algorithm, byte[] before, byte[] content) {
    MessageDigest digest = Staging.digest(algorithm);
    digest.update(before);
    return HexFormat.of().formatHex(digest.digest(content));
  }

  private Path fetch(String name) {
    ModelSources sources =
        new ModelSources(
                folder.resolve("cache"),
                List.of(),
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                null,
                Duration.ofSeconds(5),
                manner == Manner.STALLS ? Duration.ofMillis(300) : PATIENCE)
            .withToken(new HubToken("hf_secret"));
    return new ModelResolver(sources).resolve(name, Progress.NONE);
  }

  private long weightRequests() {
    return requests.stream().filter(r -> r.contains("model.safetensors")).count();
  }

  @Test
  void fetchesAFolderThatOpens() {
    Path model = fetch(NAME);
    assertThat(model.getFileName()).hasToString(COMMIT);
    assertThat(model.resolve("README.md")).doesNotExist();
    try (ModelFiles opened = ModelFiles.open(model)) {
      assertThat(opened.config()).isEqualTo(MadeUpModel.small(3).config());
    }
    fetch(NAME);
    assertThat(weightRequests()).isEqualTo(1);
  }

  @Test
  void whatIsCachedWholeNeedsNoHub() throws IOException {
    Path first = fetch(NAME);
    int asked = requests.size();
    String pinned = "hf:someone/some-model@" + COMMIT;
    assertThat(fetch(pinned)).isEqualTo(first);
    assertThat(requests).hasSize(asked); // a commit is not asked for at all
    ModelSources noHub =
        new ModelSources(
            folder.resolve("cache"), List.of(), null, null, Duration.ofSeconds(5), PATIENCE);
    assertThat(new ModelResolver(noHub).resolve(NAME, Progress.NONE)).isEqualTo(first);

    server.stop(0);
    assertThat(fetch(pinned)).isEqualTo(first);
    assertThat(fetch(NAME)).isEqualTo(first); // a branch as it was last seen
    assertThatThrownBy(() -> fetch("hf:someone/some-model@other"))
        .hasMessageContaining("did not answer");
    Files.write(first.resolve("model.safetensors"), new byte[5]);
    assertThatThrownBy(() -> fetch(pinned)).hasMessageContaining("did not answer");
    Path kept = first.resolveSibling(COMMIT + ".listing.json");
    Files.writeString(kept, "{");
    assertThatThrownBy(() -> fetch(NAME)).hasMessageContaining("did not answer");
  }

  @Test
  void resumesWhereItWasBrokenOff() throws IOException {
    manner = Manner.BREAKS_OFF;
    assertThat(fetch(NAME).resolve("model.safetensors"))
        .hasBinaryContent(files.get("model.safetensors"));
    assertThat(requests).anyMatch(r -> r.matches(".*model.safetensors bytes=[1-9]\\d*-"));
  }

  @Test
  void beginsAgainWhereTheServerDoesNotResume() {
    manner = Manner.IGNORES_RANGES;
    assertThat(fetch(NAME).resolve("model.safetensors"))
        .hasBinaryContent(files.get("model.safetensors"));
    assertThat(weightRequests()).isEqualTo(2);
  }

  @Test
  void continuesAnEarlierRun() {
    manner = Manner.STALLS;
    assertThatThrownBy(() -> fetch(NAME))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("resumes");
    manner = Manner.HONEST;
    assertThat(fetch(NAME).resolve("model.safetensors"))
        .hasBinaryContent(files.get("model.safetensors"));
    assertThat(requests).anyMatch(r -> r.endsWith("model.safetensors bytes=400-"));
  }

  @Test
  void keepsNothingWithAnotherDigest() {
    manner = Manner.LIES;
    assertThatThrownBy(() -> fetch(NAME))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("digest");
    Path kept = folder.resolve("cache/hub/someone/some-model").resolve(COMMIT);
    assertThat(kept.resolve("model.safetensors")).doesNotExist();
    assertThat(kept.resolve("model.safetensors.part")).doesNotExist();
    manner = Manner.HONEST;
    assertThat(fetch(NAME)).isDirectory();
  }

  @Test
  void givesUpOnAServerThatOnlyBreaksOff() {
    manner = Manner.BREAKS_ALWAYS;
    assertThatThrownBy(() -> fetch(NAME))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("whole");
    assertThat(weightRequests()).isLessThan(10);
  }

  @Test
  void theTokenStaysWithTheHub() {
    manner = Manner.REDIRECTS;
    fetch(NAME);
    assertThat(tokens).anyMatch(t -> t.startsWith("localhost"));
    assertThat(tokens).allMatch(t -> t.startsWith("127.0.0.1") == t.endsWith(" Bearer hf_secret"));
    assertThat(new HubToken("hf_secret").toString()).doesNotContain("secret");
  }

  @Test
  void refusalsAreNamed() {
    manner = Manner.FORBIDS;
    assertThatThrownBy(() -> fetch(NAME))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("token");
    assertThatThrownBy(() -> fetch("hf:someone/other@main"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("someone/other");
    for (String name :
        new String[] {"hf:", "hf:a", "hf:a/../b", "hf:a/b@../x", "hf:a/b c", "hf:a/b#x.bin"}) {
      assertThatThrownBy(() -> fetch(name))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("hf:owner/repository");
    }
  }

  @Test
  void oneGgufFileOfSeveral() {
    byte[] content = files.get("model.safetensors");
    files.clear();
    files.put("a.gguf", content);
    files.put("b.gguf", new byte[5]);
    assertThatThrownBy(() -> fetch(NAME))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("a.gguf, b.gguf");
    assertThat(fetch(NAME + "#a.gguf")).hasBinaryContent(content).hasFileName("a.gguf");
  }

  @Test
  void anAddressThatIsNotHttpsIsRefused() {
    ModelSources plain = ModelSources.cachedIn(folder).withHub(URI.create("http://hub.invalid"));
    assertThatThrownBy(() -> new ModelResolver(plain).resolve(NAME, Progress.NONE))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("https");
    assertThatThrownBy(
            () -> new ModelResolver(ModelSources.cachedIn(folder)).resolve(NAME, Progress.NONE))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("hub");
  }
}
