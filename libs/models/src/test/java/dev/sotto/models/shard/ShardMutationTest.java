package dev.sotto.models.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Damaged and hostile shards end in one clear error and nothing else. Seeds are fixed. */
class ShardMutationTest {
  private static final long SEED = 0x50_77_0L;
  private static final int DAMAGES = 220; // of each role
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Facts that a publisher may choose; a shard that states others is sound, if another model's. */
  private static final List<String> FREE =
      List.of(
          "modelDigest",
          "lane",
          "weightWholeBits",
          "architecture",
          "context",
          "normEpsilon",
          "ropeBase",
          "factor",
          "lowFrequency",
          "highFrequency",
          "originalContext",
          "ropeScaling",
          "sha256");

  @TempDir private Path folder;

  private byte[] shard(ShardRole role) throws IOException {
    GeneratedModel model =
        new GeneratedModel(
            GeneratedModel.untied(GeneratedModel.SMALL), GeneratedModel.scattered(SEED));
    ShardSet set = Cuts.cut(model, folder.resolve("sound"), 2, SEED);
    return Files.readAllBytes(set.file(role, 1));
  }

  @ParameterizedTest
  @EnumSource
  void everyDamageOfTheBytesIsFound(ShardRole role) throws IOException {
    byte[] sound = shard(role);
    int headerEnd = 64 + ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
    Random random = new Random(SEED + role.seeds());
    int[][] regions = {
      {0, 64}, {64, headerEnd}, {headerEnd, headerEnd + 256}, {headerEnd, sound.length}
    };
    for (int n = 0; n < DAMAGES; n++) {
      int[] region = regions[n % regions.length];
      int to = Math.min(region[1], sound.length);
      int at = region[0] + random.nextInt(to - region[0]);
      byte[] damaged = damage(sound, at, n / regions.length % 5, random);
      if (!Arrays.equals(damaged, sound)) {
        assertFound(damaged, role, "seed " + SEED + ", damage " + n + " at " + at);
      }
    }
  }

  private static byte[] damage(byte[] sound, int at, int kind, Random random) {
    byte[] bytes = sound.clone();
    int length = 1 + random.nextInt(64);
    int end = Math.min(bytes.length, at + length);
    switch (kind) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> {
        for (int i = at; i < end; i++) {
          bytes[i] = (byte) random.nextInt();
        }
      }
      case 2 -> Arrays.fill(bytes, at, end, (byte) 0xff);
      case 3 -> bytes = Arrays.copyOf(bytes, at); // cut short
      default -> { // some bytes fall out, the rest moves up
        System.arraycopy(sound, end, bytes, at, sound.length - end);
        bytes = Arrays.copyOf(bytes, sound.length - (end - at));
      }
    }
    return bytes;
  }

  /** Opening or verifying must complain, and only so. */
  private void assertFound(byte[] bytes, ShardRole role, String what) throws IOException {
    Path file = folder.resolve("damaged.shard");
    Files.write(file, bytes);
    try (Shard shard = Shard.open(file, role)) {
      shard.verify(ShardProgress.NONE);
      fail("not found: " + what);
    } catch (ShardException e) {
      assertClear(e, what);
    }
  }

  private static void assertClear(ShardException e, String what) {
    assertThat(e.getMessage())
        .as(what)
        .contains("damaged.shard: ")
        .hasSizeLessThan(600)
        .matches("[\\x20-\\x7e]+");
  }

  @ParameterizedTest
  @EnumSource
  void aLyingHeaderWithARightChecksumIsRefusedOrHarmless(ShardRole role) throws IOException {
    byte[] sound = shard(role);
    int fields = leaves(header(sound)).size();
    int refused = 0;
    int tried = 0;
    for (int field = 0; field < fields; field++) {
      for (int lie = 0; lie < 6; lie++) {
        JsonNode root = header(sound);
        Leaf leaf = leaves(root).get(field);
        JsonNode value = leaf.lie(lie);
        if (value == null) {
          leaf.parent().remove(leaf.name());
        } else {
          leaf.parent().set(leaf.name(), value);
        }
        byte[] lying = sealed(sound, JSON.writeValueAsBytes(root));
        tried++;
        boolean accepted = accepted(lying, role, leaf.name() + " lie " + lie);
        refused += accepted ? 0 : 1;
        if (accepted) {
          assertThat(FREE).contains(leaf.name());
        }
      }
    }
    assertThat(tried).isGreaterThan(200);
    assertThat(refused).isGreaterThan(tried * 3 / 4);
  }

  /** Whether it opens; then every word that it claims to have must be there. */
  private boolean accepted(byte[] bytes, ShardRole role, String what) throws IOException {
    Path file = folder.resolve("damaged.shard");
    Files.write(file, bytes);
    try (Shard shard = Shard.open(file, role)) {
      for (MatrixShape shape : shard.header().shapes()) {
        if (role.storesMatrices()) {
          Cuts.stored(shard, shape.name());
        }
      }
      return true;
    } catch (ShardException e) {
      assertClear(e, what);
      return false;
    }
  }

  private record Leaf(ObjectNode parent, String name) {
    /** Another value; null takes the field away. */
    @Nullable JsonNode lie(int which) {
      JsonNodeFactory node = JsonNodeFactory.instance;
      JsonNode now = parent.get(name);
      boolean number = now.isNumber();
      return switch (which) {
        case 0 -> number ? node.numberNode((long) now.doubleValue() + 1) : node.stringNode("x");
        case 1 -> number ? node.numberNode(-1) : node.numberNode(7);
        case 2 -> number ? node.numberNode(Long.MAX_VALUE) : node.stringNode("\u0000\n" + now);
        case 3 -> number ? node.stringNode("1e999") : node.nullNode();
        case 4 -> node.objectNode();
        default -> null;
      };
    }
  }

  private static List<Leaf> leaves(JsonNode root) {
    List<Leaf> leaves = new ArrayList<>();
    collect(root, leaves);
    return leaves;
  }

  private static void collect(JsonNode node, List<Leaf> leaves) {
    if (node instanceof ArrayNode array) {
      array.forEach(item -> collect(item, leaves));
    } else if (node instanceof ObjectNode object) {
      for (String name : List.copyOf(object.propertyNames())) {
        leaves.add(new Leaf(object, name));
        collect(object.get(name), leaves);
      }
    }
  }

  private static JsonNode header(byte[] sound) {
    int length = ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
    return JSON.readTree(Arrays.copyOfRange(sound, 64, 64 + length));
  }

  /** The shard with another header and sums that fit; what comes after stays where it was. */
  private static byte[] sealed(byte[] sound, byte[] header) {
    byte[] bytes = Arrays.copyOf(sound, Math.max(sound.length, 64 + header.length));
    int old = ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
    Arrays.fill(bytes, 64, 64 + old, (byte) 0);
    System.arraycopy(header, 0, bytes, 64, header.length);
    System.arraycopy(Preamble.encode(header, bytes.length), 0, bytes, 0, 64);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void liesAreNamed(ShardRole role) throws IOException {
    byte[] sound = shard(role);
    String header = header(sound).toString();
    assertNamed(sound, role, header.replace("\"hidden\":40", "\"hidden\":41"), "matrices[0].inner");
    assertNamed(sound, role, header.replace("block.2/down", "block.0/down"), "block.2/down");
    assertNamed(sound, role, header.replace("\"vocab\":77", "\"vocab\":-7"), "config.vocab");
    assertNamed(sound, role, header.replace("\"kvHeads\":2", "\"kvHeads\":3"), "config.kvHeads");
    assertNamed(sound, role, header.replace("\"count\":2", "\"count\":1"), "stage");
    assertNamed(sound, role, header.replace("FractionBits\":16", "FractionBits\":12"), "Fraction");
    assertNamed(sound, role, header.replace("{\"index\"", "{\"index\":0,\"index\""), "twice");
    assertNamed(sound, role, header.replace("\"lane\"", "\"extra\":1,\"lane\""), "header");
    String epsilon = "\"normEpsilon\":1.0E-5";
    for (String lie : List.of("1e999", "-1", "1" + "0".repeat(400), "0", "NaN")) {
      String lying = header.replace(epsilon, "\"normEpsilon\":" + lie);
      assertNamed(sound, role, lying, lie.equals("NaN") ? "is not JSON" : "normEpsilon: must be a");
    }
    assertNamed(sound, role, header.replace("\"ffn\":50", "\"ffn\":50.5"), "config.ffn");
    assertNamed(sound, role, "[1]", "header: must be an object");
    assertNamed(sound, role, "[".repeat(1200), "is not JSON");
    assertNamed(sound, role, header.substring(0, 300), "is not JSON");
  }

  private void assertNamed(byte[] sound, ShardRole role, String header, String name)
      throws IOException {
    Path file = folder.resolve("damaged.shard");
    Files.write(file, sealed(sound, header.getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> Shard.open(file, role).close())
        .isInstanceOf(ShardException.class)
        .hasMessageContaining(name);
  }

  @ParameterizedTest
  @EnumSource
  void everyTruncationIsFoundAtOnce(ShardRole role) throws IOException {
    byte[] sound = shard(role);
    Path file = folder.resolve("damaged.shard");
    int[] lengths = {0, 1, 63, 64, 65, 1000, sound.length / 2, sound.length - 1};
    for (int length : lengths) {
      Files.write(file, Arrays.copyOf(sound, length));
      assertThatThrownBy(() -> Shard.open(file, role).close()).isInstanceOf(ShardException.class);
    }
    Files.write(file, Arrays.copyOf(sound, sound.length + 1));
    assertThatThrownBy(() -> Shard.open(file, role).close())
        .isInstanceOf(ShardException.class)
        .hasMessageContaining("file length");
  }
}
