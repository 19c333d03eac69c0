package dev.sotto.models.shard;

import dev.sotto.models.TensorSource;
import dev.sotto.models.shard.ShardHeader.Section;
import dev.sotto.models.shard.ShardHeader.StoredMatrix;
import dev.sotto.nn.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a model into the shards of all roles and stages of one lane, in one pass over its tensors.
 * The publisher's work: this process sees the weights.
 *
 * <p>Memory: one panel of floats (128 bytes per row of a matrix, 3.7 MB for a feed-forward width of
 * 28,672) and a few megabytes besides, whatever the model's size.
 *
 * <p>Either all shards are there afterwards or none of this cut: files grow under other names, are
 * flushed, and are then renamed. To stop a cut, interrupt its thread; it cleans up and throws.
 *
 * <p>Security: each cut draws new seeds, so two cuts of a model share no word; see the package for
 * what a shard reveals.
 */
public final class ShardCutter {
  /** Words worked on at a time, if a line is no longer: 256 kB, which stay in a core's cache. */
  private static final int STRIP = 1 << 15;

  private final SecureRandom random;
  private final ShardOutput.Opener opener;

  /** A cutter whose seeds come from {@code random}. */
  public ShardCutter(SecureRandom random) {
    this(random, ShardOutput::create);
  }

  ShardCutter(SecureRandom random, ShardOutput.Opener opener) {
    this.random = random;
    this.opener = opener;
  }

  /**
   * Cuts, and returns what was written. Errors are a {@link ShardException}, or what the source
   * throws: a tensor that is missing, of the wrong shape or that this architecture does not have; a
   * weight that is not finite or out of range (tensor and row are named); no space; another cut
   * into the same folder; an interruption.
   *
   * @param calibration what the ring plan is built from, at most 16 MiB, opaque here: it is copied
   *     into every shard, so it must be fit for every role's eyes
   */
  public ShardSet cut(
      TensorSource source, CutRequest request, byte[] calibration, ShardProgress progress) {
    ModelConfig config = source.config();
    ModelMatrices.check(config);
    HeaderCodec.checkModelDigest(source.digest());
    List<MatrixRecipe> recipes = MatrixRecipe.of(config, request.precision(), request.stages());
    checkTensors(source, recipes);
    List<ShardHeader> headers = plan(source, request, calibration);
    byte[] w0 = new byte[ShardLayout.SEED_BYTES];
    byte[] w1 = new byte[ShardLayout.SEED_BYTES];
    random.nextBytes(w0);
    random.nextBytes(w1);
    List<ShardWriter> writers = new ArrayList<>();
    try (FolderLock _ = FolderLock.take(request.folder())) {
      checkSpace(request.folder(), headers);
      for (ShardHeader header : headers) {
        writers.add(new ShardWriter(request.folder(), header, opener));
      }
      mask(source, recipes, request, new StripMasker(w0, w1, strip(recipes)), writers, progress);
      for (ShardWriter writer : writers) {
        byte[] secret = SecretPart.encode(writer.header(), w0, w1);
        try {
          writer.finish(secret, calibration);
        } finally {
          Arrays.fill(secret, (byte) 0);
        }
      }
      publish(writers, request.folder());
    } finally {
      writers.forEach(ShardWriter::close);
      Arrays.fill(w0, (byte) 0);
      Arrays.fill(w1, (byte) 0);
    }
    return new ShardSet(request.folder(), writers.stream().map(ShardWriter::header).toList());
  }

  private List<ShardHeader> plan(TensorSource source, CutRequest request, byte[] calibration) {
    if (calibration.length > ShardLayout.MAX_CALIBRATION_BYTES) {
      throw new ShardException(
          "calibration: at most %d bytes, not %d"
              .formatted(ShardLayout.MAX_CALIBRATION_BYTES, calibration.length));
    }
    byte[] setId = new byte[16];
    random.nextBytes(setId);
    Section summed = new Section(0, calibration.length, Sha256.hex(Sha256.of(calibration)));
    List<ShardHeader> headers = new ArrayList<>();
    for (Stage stage : Stage.split(source.config().layers(), request.stages())) {
      List<StoredMatrix> matrices =
          ModelMatrices.of(source.config(), request.precision(), stage).stream()
              .map(shape -> new StoredMatrix(shape, new Section(0, 0, ShardLayout.NO_DIGEST)))
              .toList();
      for (ShardRole role : ShardRole.values()) {
        ShardHeader facts =
            new ShardHeader(
                source.digest(),
                source.config(),
                role,
                request.lane(),
                HexFormat.of().formatHex(setId),
                stage,
                request.precision(),
                request.weightWholeBits(),
                summed,
                matrices,
                0);
        ShardHeader planned = ShardLayout.plan(facts, calibration.length);
        // What our own reader would refuse is refused before the work, not after it.
        headers.add(HeaderCodec.decode(HeaderCodec.encode(planned)));
      }
    }
    return headers;
  }

  /** A tensor that is not computed with, a bias say, would silently make another model of it. */
  private static void checkTensors(TensorSource source, List<MatrixRecipe> recipes) {
    Set<String> used = new HashSet<>();
    for (MatrixRecipe recipe : recipes) {
      recipe.parts().forEach(part -> used.add(part.tensor()));
      String gamma = recipe.gamma();
      if (gamma != null) {
        used.add(gamma);
      }
    }
    for (String tensor : used) {
      if (!source.names().contains(tensor)) {
        throw new ShardException(tensor + ": the model does not have this tensor");
      }
    }
    for (String tensor : source.names()) {
      boolean needless =
          tensor.endsWith(".rotary_emb.inv_freq") // derived from the configuration
              || (source.config().tiedEmbedding() && tensor.equals("lm_head.weight"));
      if (!used.contains(tensor) && !needless) {
        throw new ShardException(
            tensor + ": this architecture has no such tensor, the model would come out wrong");
      }
    }
  }

  private static void checkSpace(Path folder, List<ShardHeader> headers) {
    long needed = headers.stream().mapToLong(ShardHeader::fileBytes).sum();
    long free;
    try {
      free = Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return; // A file system that cannot tell will say so when it is full.
    }
    if (free < needed) {
      throw new ShardException(
          "the shards need %,d bytes and %s has %,d left; free space or choose another folder"
              .formatted(needed, folder, free));
    }
  }

  private static void mask(
      TensorSource source,
      List<MatrixRecipe> recipes,
      CutRequest request,
      StripMasker masker,
      List<ShardWriter> writers,
      ShardProgress progress) {
    long total = recipes.stream().mapToLong(recipe -> recipe.shape().bytes()).sum();
    long done = 0;
    long[] words = new long[strip(recipes)];
    for (MatrixRecipe recipe : recipes) {
      MatrixShape shape = recipe.shape();
      int most = request.weightWholeBits();
      if (shape.name().equals(ModelMatrices.EMBED)) {
        most = Math.min(most, request.precision().embeddingWholeBits());
      }
      WeightRows rows = new WeightRows(recipe, source, most);
      List<ShardWriter> open = writers.stream().filter(writer -> writer.begin(shape)).toList();
      for (int panel = 0; panel < shape.panels(); panel++) {
        if (Thread.currentThread().isInterrupted()) {
          throw interrupted(null);
        }
        progress.at(shape.name(), done, total);
        rows.load(panel);
        int atOnce = Math.max(1, STRIP / shape.lineWords());
        for (int line = 0; line < shape.lines(); line += atOnce) {
          int count = Math.min(atOnce, shape.lines() - line);
          rows.words(line, count, words);
          masker.mask(shape, panel, line, count, words);
          open.forEach(writer -> writer.append(masker.stored(writer.header().role())));
        }
        done += shape.panelWords() * shape.form().wordBytes();
      }
      open.forEach(ShardWriter::end);
      progress.at(shape.name(), done, total);
    }
  }

  /** Words of the longest strip. */
  private static int strip(List<MatrixRecipe> recipes) {
    return recipes.stream().mapToInt(r -> r.shape().lineWords()).reduce(STRIP, Math::max);
  }

  private static void publish(List<ShardWriter> writers, Path folder) {
    int published = 0;
    try {
      for (; published < writers.size(); published++) {
        writers.get(published).publish();
      }
    } catch (ShardException e) {
      writers.subList(0, published).forEach(ShardWriter::retract);
      throw e;
    }
    FolderLock.flush(folder);
  }

  static ShardException interrupted(@Nullable Throwable cause) {
    return new ShardException("cutting was interrupted; nothing of it was left behind", cause);
  }
}
