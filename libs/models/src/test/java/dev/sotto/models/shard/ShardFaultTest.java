package dev.sotto.models.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sotto.nn.ModelConfig;
import dev.sotto.ring.Prg;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever stops a cut, it leaves the shards that were there before, or none, and one sentence. */
class ShardFaultTest {
  @TempDir private Path folder;
  private final GeneratedModel model =
      new GeneratedModel(GeneratedModel.SMALL, GeneratedModel.scattered(30));

  /** A disk with room for so many bytes, which are counted over all files. */
  private static ShardOutput.Opener disk(long room) {
    AtomicLong left = new AtomicLong(room);
    return file -> {
      ShardOutput real = ShardOutput.create(file);
      return new ShardOutput() {
        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
          long before = left.getAndAdd(-bytes.remaining());
          if (before < bytes.remaining()) {
            bytes.limit(bytes.position() + (int) Math.max(0, before)); // what still fits is written
            real.write(bytes, position);
            throw new IOException("No space left on device");
          }
          real.write(bytes, position);
        }

        @Override
        public void force() throws IOException {
          real.force();
        }

        @Override
        public void close() throws IOException {
          real.close();
        }
      };
    };
  }

  @Test
  void aDiskThatFillsUpAnywhereLeavesTheOldShardsWhole() throws IOException {
    ShardSet old = Cuts.cut(model, folder, 1, 31);
    Random random = new Random(32);
    long words =
        old.headers().stream()
            .flatMap(header -> header.matrices().stream())
            .mapToLong(matrix -> matrix.section().length())
            .sum();
    for (int n = 0; n < 40; n++) {
      long room = n == 0 ? 0 : n == 1 ? words : random.nextLong(words);
      ShardException e =
          catchThrowableOfType(
              ShardException.class,
              () ->
                  new ShardCutter(Cuts.seeded(41), disk(room))
                      .cut(model, Cuts.into(folder, 1), Cuts.CALIBRATION, ShardProgress.NONE));
      assertThat(e).as("room " + room).isNotNull();
      assertThat(e.getMessage())
          .contains("No space left on device")
          .contains("nothing of it was left behind")
          .doesNotContain("\n");
      assertUnfinished(0);
    }
    assertThat(ShardSet.find(folder, 1)).contains(old);
    old.verify(ShardProgress.NONE);
  }

  @Test
  void aDiskThatCannotKeepWhatItTookIsAnErrorToo() throws IOException {
    ShardOutput.Opener lossy =
        file -> {
          ShardOutput real = ShardOutput.create(file);
          return new ShardOutput() {
            @Override
            public void write(ByteBuffer bytes, long position) throws IOException {
              real.write(bytes, position);
            }

            @Override
            public void force() throws IOException {
              throw new IOException("Input/output error");
            }

            @Override
            public void close() throws IOException {
              real.close();
            }
          };
        };
    assertThatThrownBy(
            () ->
                new ShardCutter(Cuts.seeded(33), lossy)
                    .cut(model, Cuts.into(folder, 2), Cuts.CALIBRATION, ShardProgress.NONE))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining("Input/output error");
    assertThat(ShardSet.find(folder, 2)).isEmpty();
    assertUnfinished(0);
  }

  /** The system itself refuses: a process may write files of 64 blocks of 512 bytes only. */
  @Test
  void theSystemsOwnRefusalIsOneSentence() throws IOException, InterruptedException {
    Process child = ChildCut.start("ulimit -f 64; ", List.of("-Xmx64m"), folder, "small", false);
    try (BufferedReader output = ChildCut.output(child)) {
      List<String> lines = output.lines().toList();
      assertThat(lines.getLast())
          .startsWith("refused: cutting stopped, because ")
          .contains("could not be written (");
    }
    assertThat(child.waitFor()).isZero();
    assertThat(ShardSet.find(folder, 1)).isEmpty();
    assertUnfinished(0);
  }

  @Test
  void aModelBeyondTheDiskIsRefusedBeforeTheWork() throws IOException {
    ModelConfig huge =
        new ModelConfig(
            "llama", 500, 1 << 17, 1024, 1024, 128, 1 << 20, 1 << 22, 128, 1e-5, 1e4, null, true);
    GeneratedModel never =
        new GeneratedModel(
            huge,
            (t, r, c) -> {
              throw new AssertionError("read");
            });
    assertThatThrownBy(() -> Cuts.cut(never, folder, 1, 34))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining("the shards need ")
        .hasMessageContaining("free space");
    assertUnfinished(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"block.0/qkv", "block.2/down"})
  void anInterruptedCutCleansUp(String at) throws IOException {
    assertThatThrownBy(
            () ->
                new ShardCutter(Cuts.seeded(35))
                    .cut(
                        model,
                        Cuts.into(folder, 1),
                        Cuts.CALIBRATION,
                        (matrix, done, total) -> {
                          if (matrix.equals(at)) {
                            Thread.currentThread().interrupt();
                          }
                        }))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining("interrupted; nothing of it was left behind");
    assertThat(Thread.interrupted()).isTrue(); // and is cleared for the next test
    assertThat(ShardSet.find(folder, 1)).isEmpty();
    assertUnfinished(0);
  }

  @Test
  void aThreadInterruptedBeforehandIsTold() throws IOException {
    ShardSet set = Cuts.cut(model, folder, 1, 42);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Cuts.cut(model, folder, 1, 43))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    assertThatThrownBy(() -> Cuts.open(set, ShardRole.DEALER, 0).close())
        .isInstanceOf(ShardException.class)
        .hasMessageContaining("cannot be read (interrupted)");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(ShardSet.find(folder, 1)).contains(set);
    assertUnfinished(0);
  }

  @Test
  void anErrorOfTheSourceOrOfWhoListensPassesAndCleansUp() throws IOException {
    RuntimeException theirs = new IllegalStateException("theirs");
    assertThatThrownBy(
            () ->
                new ShardCutter(Cuts.seeded(36))
                    .cut(
                        model,
                        Cuts.into(folder, 1),
                        Cuts.CALIBRATION,
                        (matrix, done, total) -> {
                          throw theirs;
                        }))
        .isSameAs(theirs);
    assertUnfinished(0);
  }

  @Test
  void aShardThatCannotBeNamedTakesTheOthersBack() throws IOException {
    Path inTheWay = folder.resolve("evaluator-1.stage-0-of-1.shard");
    Files.createDirectory(inTheWay);
    Files.createFile(inTheWay.resolve("something"));
    assertThatThrownBy(() -> Cuts.cut(model, folder, 1, 37))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining("evaluator-1.stage-0-of-1.shard could not be written");
    assertThat(folder.resolve("dealer.stage-0-of-1.shard")).doesNotExist();
    assertThat(folder.resolve("evaluator-0.stage-0-of-1.shard")).doesNotExist();
    assertUnfinished(0);
    Path file = inTheWay.resolve("something");
    assertThatThrownBy(() -> Cuts.cut(model, file, 1, 37))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining("shards cannot be written to " + file);
  }

  @Test
  void ofTwoCutsAtOnceTheSecondIsToldAndTheFirstUnharmed() {
    int[] refused = new int[1];
    ShardSet first =
        new ShardCutter(Cuts.seeded(38))
            .cut(
                model,
                Cuts.into(folder, 1),
                Cuts.CALIBRATION,
                (matrix, done, total) -> {
                  assertThatThrownBy(() -> Cuts.cut(model, folder, 1, 39))
                      .isInstanceOf(ShardException.class)
                      .hasMessageContaining("another cut is writing to " + folder);
                  refused[0]++;
                });
    assertThat(refused[0]).isPositive();
    first.verify(ShardProgress.NONE);
    ShardSet second = Cuts.cut(model, folder, 1, 39);
    assertThat(ShardSet.find(folder, 1)).contains(second);
  }

  @Test
  void aKilledCutKeepsOthersOutWhileItLivesAndLeavesNoShard()
      throws IOException, InterruptedException {
    Process child = ChildCut.start("", List.of("-Xmx64m"), folder, "small", true);
    try (BufferedReader output = ChildCut.output(child)) {
      assertThat(output.readLine()).isEqualTo("half");
      assertThatThrownBy(() -> Cuts.cut(model, folder, 1, 40))
          .isInstanceOf(ShardException.class)
          .hasMessageContaining("another cut is writing");
      child.destroyForcibly();
      assertThat(child.waitFor()).isNotZero();
    }
    assertUnfinished(3);
    assertThat(ShardSet.find(folder, 1)).isEmpty();
    ShardSet next = Cuts.cut(model, folder, 1, 40);
    assertUnfinished(0);
    next.verify(ShardProgress.NONE);
  }

  /** 320 MB of float32 weights, rows as wide as an 8B model's, cut with a heap of 40 MB. */
  @Test
  void aModelManyTimesTheHeapIsCut() throws IOException, InterruptedException {
    GeneratedModel wide = ChildCut.wide();
    assertThat(wide.floats() * Float.BYTES).isGreaterThan(300L << 20);
    List<String> small = List.of("-Xmx40m", "-XX:MaxDirectMemorySize=4m");
    Process child = ChildCut.start("", small, folder, "wide", false);
    try (BufferedReader output = ChildCut.output(child)) {
      List<String> lines = output.lines().toList();
      assertThat(lines).containsExactly("half", "done");
    }
    assertThat(child.waitFor()).isZero();
    ShardSet set = ShardSet.find(folder, 1).orElseThrow();
    assertThat(set.bytes()).isGreaterThan(16 * (40L << 20));
    try (Shard e0 = Cuts.open(set, ShardRole.EVALUATOR_0, 0);
        Shard e1 = Cuts.open(set, ShardRole.EVALUATOR_1, 0)) {
      MatrixShape down = e0.shape("block.0/down");
      int panel = down.panels() - 1;
      long[] pad0 = pad(e0.copySecretSeed(0), down, panel);
      long[] pad1 = pad(e1.copySecretSeed(1), down, panel);
      for (int i = 0; i < down.inner(); i += 1 + i % 97) {
        for (int j = 0; j < 32; j++) {
          long at = 8 * (panel * down.panelWords() + i * 32L + j);
          float weight = wide.weight("model.layers.0.mlp.down_proj.weight", panel * 32 + j, i);
          long expected = (long) (weight * 65536);
          int word = i * 32 + j;
          assertThat(e0.words(down.name()).get(Cuts.WORD, at) - pad1[word]).isEqualTo(expected);
          assertThat(e1.words(down.name()).get(Cuts.WORD, at) - pad0[word] - pad1[word])
              .isEqualTo(expected);
        }
      }
    }
  }

  private static long[] pad(byte[] seed, MatrixShape shape, int panel) {
    long[] pad = new long[(int) shape.panelWords()];
    shape.fillPad(new Prg(seed), panel, 0, shape.lines(), pad, 0);
    return pad;
  }

  private void assertUnfinished(int count) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(f -> f.toString().endsWith(".unfinished"))).hasSize(count);
    }
  }
}
