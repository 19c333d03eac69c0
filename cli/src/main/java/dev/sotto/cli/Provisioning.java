package dev.sotto.cli;

import dev.sotto.launch.UpPlan;
import dev.sotto.models.ClearWeights;
import dev.sotto.models.TensorSource;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.shard.BalancedTensors;
import dev.sotto.models.shard.CutRequest;
import dev.sotto.models.shard.PrecisionProfile;
import dev.sotto.models.shard.ShardCutter;
import dev.sotto.models.shard.ShardException;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.text.PublicPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The publisher's work: fetch, calibrate, cut. It sees the weights, and leaves behind what the
 * roles and the enclave need: shards and the model's public part.
 *
 * @param model as the user named it
 * @param stages into how many
 * @param lane the lane that the shards are for; each lane has a sharing of its own
 */
record Provisioning(String model, Home home, int stages, String lane) {
  /** The public part's file, beside the shards. */
  static final String PUBLIC_PART = "model.json";

  /** The lane of a command that starts its own nodes. */
  static final String LANE = "local";

  /** For such a command's lane. */
  Provisioning(String model, Home home, int stages) {
    this(model, home, stages, LANE);
  }

  /** Where the shards of the model with this digest are, or go. */
  private Path folder(String digest) {
    Path folder = new ShardFolders(home.shards()).folder(model, digest);
    return lane.equals(LANE) ? folder : folder.resolve(lane);
  }

  /** The model's public part as provisioning left it beside {@code set}. */
  static PublicPart publicPart(ShardSet set) {
    return PublicPart.read(set.folder().resolve(PUBLIC_PART));
  }

  /** Where this lane's shards are, or go. */
  Path folder(ModelFiles source) {
    return folder(source.digest());
  }

  /**
   * What is there, if it is complete and of the model that the name stands for now; a
   * ShardException says what is damaged.
   */
  private Optional<ShardSet> present(ProgressLine progress) throws IOException {
    if (!new ShardFolders(home.shards()).anyOf(model)) {
      return Optional.empty(); // nothing of that name, whatever the model's digest
    }
    try (ModelFiles source = new ModelSource(model, home).open(progress)) {
      return find(source);
    }
  }

  private Optional<ShardSet> find(ModelFiles source) {
    String digest = source.digest();
    Path folder = folder(digest);
    if (Files.notExists(folder.resolve(PUBLIC_PART))) {
      return Optional.empty();
    }
    return ShardSet.find(folder, stages)
        .filter(found -> found.headers().getFirst().modelDigest().equals(digest))
        .filter(found -> publicPart(found).modelDigest().equals(digest));
  }

  /** The same of a model that is open; what is damaged is said to {@code progress} and missing. */
  Optional<ShardSet> present(ModelFiles source, ProgressLine progress) {
    try {
      return find(source);
    } catch (ShardException e) {
      progress.at("cutting again: " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Cuts, whatever is there. Errors are the model's or the cutter's, or name a wire that is too
   * wide.
   */
  ShardSet cut(ProgressLine progress) throws IOException {
    return cut(false, progress);
  }

  /**
   * The same. A platform's lane, which is audited, has known answers too.
   *
   * @param thorough whether to calibrate with every token of the vocabulary
   */
  ShardSet cut(boolean thorough, ProgressLine progress) throws IOException {
    home.create();
    try (ModelFiles source = new ModelSource(model, home).open(progress)) {
      ShardSet set = cut(source, calibrate(source, thorough, progress), progress);
      if (!lane.equals(LANE)) {
        KnownAnswers.ensure(answers(source), source, progress);
      }
      return set;
    }
  }

  /** Where a platform's lane has its known answers. */
  Path answers(ModelFiles source) {
    return UpPlan.answersBeside(folder(source));
  }

  /**
   * How wide the model's wires get; an error names one that is too wide. What a platform's lane is
   * audited with comes on the way, and is written if it is missing.
   */
  Calibration calibrate(ModelFiles source, boolean thorough, ProgressLine progress)
      throws IOException {
    CalibrationTexts texts = CalibrationTexts.of(source.publicPart(), source.config().context());
    Optional<KnownAnswers.Draft> book =
        lane.equals(LANE) || KnownAnswers.isOf(answers(source), source.digest())
            ? Optional.empty()
            : KnownAnswers.USUAL.draft(texts, source);
    Calibration calibration =
        Calibration.record(
            source.config(),
            new ClearWeights(new BalancedTensors(source)),
            texts,
            thorough,
            (prompt, from, some) -> book.ifPresent(to -> to.takeOfPrompt(prompt, from, some)),
            progress);
    calibration.check(source.config());
    if (book.isPresent()) {
      Path _ = Files.createDirectories(folder(source));
      book.get().put(answers(source));
    }
    return calibration;
  }

  /** Cuts an open model. */
  ShardSet cut(ModelFiles source, Calibration calibration, ProgressLine progress)
      throws IOException {
    Path folder = Files.createDirectories(folder(source));
    TensorSource balanced = new BalancedTensors(source);
    PrecisionProfile precision = calibration.precision(source.config(), new ClearWeights(balanced));
    ShardSet set =
        new ShardCutter(new SecureRandom())
            .cut(
                balanced,
                new CutRequest(folder, lane, stages, precision),
                calibration.encoded(),
                (matrix, done, total) -> progress.bytes("cutting " + model, done, total));
    writePublicPart(source);
    return set;
  }

  /** Writes what anyone may know of the model beside the shards, be they there yet or not. */
  void writePublicPart(ModelFiles source) throws IOException {
    source.publicPart().write(Files.createDirectories(folder(source)).resolve(PUBLIC_PART));
  }

  /** The shards, cut now if they are not there. */
  ShardSet ensure(ProgressLine progress) throws IOException {
    try {
      Optional<ShardSet> present = present(progress);
      if (present.isPresent()) {
        return present.get();
      }
    } catch (ShardException e) {
      progress.at("cutting again: " + e.getMessage());
    }
    return cut(progress);
  }
}
