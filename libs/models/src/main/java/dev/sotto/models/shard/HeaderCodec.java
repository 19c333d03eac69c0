package dev.sotto.models.shard;

import dev.sotto.models.shard.ShardHeader.Section;
import dev.sotto.models.shard.ShardHeader.StoredMatrix;
import dev.sotto.nn.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A shard's header as JSON, and back with nothing taken on trust. */
final class HeaderCodec {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final Pattern HEX_32 = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern HEX_64 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern LANE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._/-]{1,64}");
  private static final int MAX_MATRICES = 4 * 1024 + 3;

  /**
   * The unit of scores is folded into the query weights: shards of another would answer nonsense.
   */
  private static final int SCORE_UNIT_PERCENT = (int) Math.round(100 * ModelMatrices.SCORE_UNIT);

  private HeaderCodec() {}

  static byte[] encode(ShardHeader header) {
    ObjectNode root = JSON.createObjectNode();
    root.put("modelDigest", header.modelDigest());
    root.put("lane", header.lane());
    root.put("setId", header.setId());
    root.put("role", header.role().label());
    ObjectNode stage = root.putObject("stage");
    stage.put("index", header.stage().index());
    stage.put("count", header.stage().count());
    stage.put("firstLayer", header.stage().firstLayer());
    stage.put("layers", header.stage().layers());
    root.put("weightFractionBits", ShardHeader.WEIGHT_FRACTION_BITS);
    root.put("precision", header.precision().label());
    root.put("scoreUnitPercent", SCORE_UNIT_PERCENT);
    root.put("weightWholeBits", header.weightWholeBits());
    encode(header.config(), root.putObject("config"));
    encode(header.calibration(), root.putObject("calibration"));
    ArrayNode matrices = root.putArray("matrices");
    for (StoredMatrix matrix : header.matrices()) {
      ObjectNode node = matrices.addObject();
      node.put("name", matrix.shape().name());
      node.put("id", matrix.shape().id());
      node.put("inner", matrix.shape().inner());
      node.put("cols", matrix.shape().cols());
      node.put("form", matrix.shape().form().label());
      encode(matrix.section(), node);
    }
    root.put("fileBytes", header.fileBytes());
    return JSON.writeValueAsBytes(root);
  }

  private static void encode(ModelConfig config, ObjectNode node) {
    node.put("architecture", config.architecture());
    node.put("layers", config.layers());
    node.put("hidden", config.hidden());
    node.put("heads", config.heads());
    node.put("kvHeads", config.kvHeads());
    node.put("headDim", config.headDim());
    node.put("ffn", config.ffn());
    node.put("vocab", config.vocab());
    node.put("context", config.context());
    node.put("normEpsilon", config.normEpsilon());
    node.put("ropeBase", config.ropeBase());
    ModelConfig.RopeScaling scaling = config.ropeScaling();
    if (scaling == null) {
      node.putNull("ropeScaling");
    } else {
      ObjectNode inner = node.putObject("ropeScaling");
      inner.put("factor", scaling.factor());
      inner.put("lowFrequency", scaling.lowFrequency());
      inner.put("highFrequency", scaling.highFrequency());
      inner.put("originalContext", scaling.originalContext());
    }
    node.put("tiedEmbedding", config.tiedEmbedding());
  }

  private static void encode(Section section, ObjectNode node) {
    node.put("offset", section.offset());
    node.put("length", section.length());
    node.put("sha256", section.sha256());
  }

  /**
   * Reads and checks a header: shapes, counts and every position; the checksums are not its own.
   */
  static ShardHeader decode(byte[] json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JacksonException e) {
      // The parser's message quotes the file; where it stopped is enough.
      throw new ShardException("header: is not JSON, or names a field twice");
    }
    HeaderFields fields = new HeaderFields(root, "header");
    long fraction = fields.whole("weightFractionBits", 0, 63);
    if (fraction != ShardHeader.WEIGHT_FRACTION_BITS) {
      throw new ShardException(
          "header.weightFractionBits: is %d, this version reads %d; provision the model again"
              .formatted(fraction, ShardHeader.WEIGHT_FRACTION_BITS));
    }
    long unit = fields.whole("scoreUnitPercent", 1, 10_000);
    if (unit != SCORE_UNIT_PERCENT) {
      throw new ShardException(
          "header.scoreUnitPercent: is %d, this version reads %d; provision the model again"
              .formatted(unit, SCORE_UNIT_PERCENT));
    }
    ModelConfig config = config(fields.object("config"));
    ModelMatrices.check(config);
    HeaderFields of = fields.object("stage");
    Stage stage =
        new Stage(
            of.integer("index"),
            of.integer("count"),
            of.integer("firstLayer"),
            of.integer("layers"));
    stage.check(config.layers());
    List<StoredMatrix> matrices = new ArrayList<>();
    for (HeaderFields matrix : fields.list("matrices", MAX_MATRICES)) {
      matrices.add(new StoredMatrix(shape(matrix), section(matrix)));
    }
    ShardHeader header =
        new ShardHeader(
            fields.text("modelDigest", HEX_64, "64 hexadecimal digits"),
            config,
            ShardRole.of(fields.text("role", WORD, "a role")),
            lane(fields.text("lane", LANE, "a lane's name")),
            fields.text("setId", HEX_32, "32 hexadecimal digits"),
            stage,
            PrecisionProfile.of(fields.text("precision", WORD, "a profile")),
            checkWholeBits((int) fields.whole("weightWholeBits", 0, 64)),
            section(fields.object("calibration")),
            matrices,
            fields.whole("fileBytes", 0, Long.MAX_VALUE));
    checkPositions(header, json.length);
    if (!Arrays.equals(encode(header), json)) {
      throw new ShardException("header: has fields or spellings that this version does not write");
    }
    return header;
  }

  /** A lane's name, or an error that says what one looks like. */
  static String lane(String name) {
    if (!LANE.matcher(name).matches()) {
      throw new ShardException(
          "lane: a name has 1 to 64 letters, digits, dots, dashes and underscores, and begins with"
              + " a letter or digit");
    }
    return name;
  }

  static int checkWholeBits(int bits) {
    if (bits < 1 || bits > 47 - ShardHeader.WEIGHT_FRACTION_BITS) {
      throw new ShardException("weightWholeBits: must be 1 to 31, is " + bits);
    }
    return bits;
  }

  static void checkModelDigest(String digest) {
    if (!HEX_64.matcher(digest).matches()) {
      throw new ShardException("the model's digest must be 64 hexadecimal digits");
    }
  }

  private static ModelConfig config(HeaderFields fields) {
    HeaderFields scaling = fields.objectOrNull("ropeScaling");
    return new ModelConfig(
        fields.text("architecture", WORD, "a family's name"),
        fields.integer("layers"),
        fields.integer("hidden"),
        fields.integer("heads"),
        fields.integer("kvHeads"),
        fields.integer("headDim"),
        fields.integer("ffn"),
        fields.integer("vocab"),
        fields.integer("context"),
        fields.number("normEpsilon"),
        fields.number("ropeBase"),
        scaling == null
            ? null
            : new ModelConfig.RopeScaling(
                scaling.number("factor"),
                scaling.number("lowFrequency"),
                scaling.number("highFrequency"),
                scaling.integer("originalContext")),
        fields.flag("tiedEmbedding"));
  }

  private static MatrixShape shape(HeaderFields fields) {
    return new MatrixShape(
        fields.text("name", WORD, "a matrix's name"),
        fields.whole("id", 0, Long.MAX_VALUE),
        fields.integer("inner"),
        fields.integer("cols"),
        MatrixForm.of(fields.text("form", WORD, "a form")));
  }

  private static Section section(HeaderFields fields) {
    return new Section(
        fields.whole("offset", 0, Long.MAX_VALUE),
        fields.whole("length", 0, Long.MAX_VALUE),
        fields.text("sha256", HEX_64, "64 hexadecimal digits"));
  }

  /** Nothing in a file is where it likes: overlaps, gaps, doubles and strangers all differ here. */
  private static void checkPositions(ShardHeader header, int headerBytes) {
    Section calibration = header.calibration();
    if (calibration.length() > ShardLayout.MAX_CALIBRATION_BYTES) {
      throw new ShardException(
          "header.calibration.length: at most %d bytes, not %d"
              .formatted(ShardLayout.MAX_CALIBRATION_BYTES, calibration.length()));
    }
    List<MatrixShape> shapes =
        ModelMatrices.of(header.config(), header.precision(), header.stage());
    ShardLayout layout =
        ShardLayout.of(
            headerBytes, header.role(), (int) calibration.length(), calibration.sha256(), shapes);
    same("header.calibration.offset", calibration.offset(), layout.calibration().offset());
    same("header.matrices: count", header.matrices().size(), shapes.size());
    for (int i = 0; i < shapes.size(); i++) {
      StoredMatrix found = header.matrices().get(i);
      StoredMatrix due = layout.matrices().get(i);
      String at = "header.matrices[" + i + "]";
      if (!found.shape().name().equals(due.shape().name())) {
        throw new ShardException(
            "%s.name: this stage's matrix there is %s, not %s"
                .formatted(at, due.shape().name(), found.shape().name()));
      }
      same(at + ".id", found.shape().id(), due.shape().id());
      same(at + ".inner", found.shape().inner(), due.shape().inner());
      same(at + ".cols", found.shape().cols(), due.shape().cols());
      if (found.shape().form() != due.shape().form()) {
        throw new ShardException(
            "%s.form: is %s, must be %s"
                .formatted(at, found.shape().form().label(), due.shape().form().label()));
      }
      same(at + ".offset", found.section().offset(), due.section().offset());
      same(at + ".length", found.section().length(), due.section().length());
      // A dealer that knew a sum of an evaluator's words could test a guess of the weights.
      if (!header.role().storesMatrices() && !found.equals(due)) {
        throw new ShardException(at + ".sha256: a dealer's shard holds no sum of words");
      }
    }
    same("header.fileBytes", header.fileBytes(), layout.bytes());
  }

  private static void same(String field, long found, long due) {
    if (found != due) {
      throw new ShardException("%s: is %d, must be %d".formatted(field, found, due));
    }
  }
}
