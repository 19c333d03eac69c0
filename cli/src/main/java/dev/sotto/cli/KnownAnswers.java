package dev.sotto.cli;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.audit.AnswerBook;
import dev.sotto.models.ClearWeights;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.nn.ClearTensor;
import dev.sotto.nn.LayerwiseLogits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

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
  static final KnownAnswers USUAL = new KnownAnswers(2, 128);

  private static final String UNFINISHED = ".new";

  /**
   * What was written.
   *
   * @param texts how many
   * @param tokens of all of them
   */
  record Written(int texts, int tokens) {}

  /** Whether a file is a book of the model with this digest. */
  static boolean isOf(Path book, String modelDigest) throws IOException {
    try {
      return Files.isRegularFile(book) && AnswerBook.open(book).modelDigest().equals(modelDigest);
    } catch (BadMessage e) {
      return false; // damaged: it is written again
    }
  }

  /** Writes the usual book, unless it is there already. */
  static void ensure(Path book, ModelFiles source, ProgressLine progress) throws IOException {
    if (!isOf(book, source.digest())) {
      USUAL.compute(source, progress).put(book);
    }
  }

  /** Writes a book; FileAlreadyExistsException rather than over one. */
  Written write(ModelFiles source, Path file, ProgressLine progress) throws IOException {
    return compute(source, progress).write(file);
  }

  private Draft compute(ModelFiles source, ProgressLine progress) {
    CalibrationTexts of = CalibrationTexts.of(source.publicPart(), source.config().context());
    Draft draft =
        draft(of, source)
            .orElseThrow(() -> new CommandFailed("this model's context is too short for an audit"));
    LayerwiseLogits.each(
        source.config(),
        new ClearWeights(source),
        draft.sequences.toArray(int[][]::new),
        (done, total) -> progress.count("known answers, layer", done, total),
        draft::take);
    return draft;
  }

  /** A book without its answers; empty if no text is long enough. */
  Optional<Draft> draft(CalibrationTexts of, ModelFiles source) {
    List<Integer> prompts =
        IntStream.range(0, of.prompts().size())
            .filter(prompt -> of.prompts().get(prompt).length >= LEAST_TOKENS)
            .boxed()
            .sorted(Comparator.comparingInt((Integer i) -> of.prompts().get(i).length).reversed())
            .limit(texts)
            .toList();
    List<int[]> sequences =
        prompts.stream()
            .map(of.prompts()::get)
            .map(text -> Arrays.copyOf(text, Math.min(text.length, tokens)))
            .toList();
    return prompts.isEmpty()
        ? Optional.empty()
        : Optional.of(new Draft(source.digest(), source.config().vocab(), prompts, sequences));
  }

  /** A book whose answers are being computed: in a run of its own, or on a calibration's way. */
  static final class Draft {
    private final String modelDigest;
    private final int vocab;
    private final List<Integer> prompts; // where a calibration has each sequence
    private final List<int[]> sequences;
    private final float[][][] logits; // [batch][tokens][vocab]

    private Draft(String modelDigest, int vocab, List<Integer> prompts, List<int[]> sequences) {
      this.modelDigest = modelDigest;
      this.vocab = vocab;
      this.prompts = prompts;
      this.sequences = sequences;
      this.logits =
          sequences.stream().map(text -> new float[text.length][vocab]).toArray(float[][][]::new);
    }

    /** Takes what a calibration computed: a model looks back alone, so a text's rest is no harm. */
    void takeOfPrompt(int prompt, int from, ClearTensor some) {
      int sequence = prompts.indexOf(prompt);
      if (sequence >= 0) {
        take(sequence, from, some);
      }
    }

    private void take(int sequence, int from, ClearTensor some) {
      for (int t = 0; t < logits[sequence].length; t++) {
        for (int i = 0; i < some.width(); i++) {
          logits[sequence][t][from + i] = (float) some.at(t, i);
        }
      }
    }

    private Written write(Path file) throws IOException {
      int[] next = new int[sequences.size()];
      AnswerBook.write(
          file,
          modelDigest,
          vocab,
          sequences,
          (sequence, token) -> logits[sequence][next[sequence]++]);
      return new Written(sequences.size(), sequences.stream().mapToInt(text -> text.length).sum());
    }

    /** Writes it, whole or not at all; over another. */
    void put(Path book) throws IOException {
      Path draft = book.resolveSibling(book.getFileName() + UNFINISHED);
      Files.deleteIfExists(draft); // a crash left it
      Written _ = write(draft);
      Files.move(draft, book, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
