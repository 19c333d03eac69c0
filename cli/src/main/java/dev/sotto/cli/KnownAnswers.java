package dev.sotto.cli;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.audit.AnswerBook;
import dev.sotto.launch.UpPlan;
import dev.sotto.models.ClearWeights;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.text.PublicPart;
import dev.sotto.nn.ClearTensor;
import dev.sotto.nn.LayerwiseLogits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The publisher's book of known answers: what its model says in the clear after each token of a few
 * texts. Audits hold lanes against it. Heap: one layer of weights, and the logits.
 *
 * @param texts how many, at most; the longest first
 * @param tokens the longest one, in tokens
 */
record KnownAnswers(int texts, int tokens) {
  /** A shorter text is of no use. */
  static final int LEAST_TOKENS = 16;

  /** Seconds of work, and 23 MB of a vocabulary of 49,152. */
  private static final KnownAnswers USUAL = new KnownAnswers(2, 128);

  private static final String UNFINISHED = ".new";

  /**
   * What was written.
   *
   * @param texts how many
   * @param tokens of all of them
   */
  record Written(int texts, int tokens) {}

  /** The book beside a lane's shards, written now if it is missing or of another model. */
  static Path beside(ShardSet lane, String model, Home home, ProgressLine progress)
      throws IOException {
    Path book = UpPlan.answersBeside(lane.folder());
    if (isOf(book, lane.headers().getFirst().modelDigest())) {
      return book;
    }
    Path draft = book.resolveSibling(book.getFileName() + UNFINISHED);
    Files.deleteIfExists(draft); // a crash left it
    try (ModelFiles source = new ModelSource(model, home).open(progress)) {
      Written _ = USUAL.write(source, draft, progress);
    }
    Files.move(draft, book, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return book;
  }

  private static boolean isOf(Path book, String modelDigest) throws IOException {
    try {
      return Files.isRegularFile(book) && AnswerBook.open(book).modelDigest().equals(modelDigest);
    } catch (BadMessage e) {
      return false; // damaged: it is written again
    }
  }

  /** Writes a book; FileAlreadyExistsException rather than over one. */
  Written write(ModelFiles source, Path file, ProgressLine progress) throws IOException {
    PublicPart part = source.publicPart();
    int vocab = source.config().vocab();
    List<int[]> sequences =
        CalibrationTexts.of(part, source.config().context()).prompts().stream()
            .filter(text -> text.length >= LEAST_TOKENS)
            .sorted(Comparator.comparingInt((int[] text) -> text.length).reversed())
            .limit(texts)
            .map(text -> Arrays.copyOf(text, Math.min(text.length, tokens)))
            .toList();
    if (sequences.isEmpty()) {
      throw new CommandFailed("this model's context is too short for an audit");
    }
    float[][][] logits = // [batch][tokens][vocab]
        sequences.stream().map(text -> new float[text.length][vocab]).toArray(float[][][]::new);
    LayerwiseLogits.each(
        source.config(),
        new ClearWeights(source),
        sequences.toArray(int[][]::new),
        (done, total) -> progress.count("known answers, layer", done, total),
        (sequence, from, some) -> copy(some, logits[sequence], from));
    int[] next = new int[sequences.size()];
    AnswerBook.write(
        file,
        part.modelDigest(),
        vocab,
        sequences,
        (sequence, token) -> logits[sequence][next[sequence]++]);
    return new Written(sequences.size(), sequences.stream().mapToInt(text -> text.length).sum());
  }

  private static void copy(ClearTensor some, float[][] logits, int from) {
    for (int t = 0; t < some.tokens(); t++) {
      for (int i = 0; i < some.width(); i++) {
        logits[t][from + i] = (float) some.at(t, i);
      }
    }
  }
}
