package dev.sotto.models.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.models.MadeUpModel;
import dev.sotto.models.ModelException;
import dev.sotto.models.text.PublicPart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sound files with something changed: each is either still a model or refused by one clear
 * sentence. Any other exception, an exhausted memory or a hang fails.
 */
@Timeout(120)
class HostileFilesTest {
  private static final long SEED = 666;
  private static final int MUTATIONS = 400;

  @TempDir Path folder;
  private final Random random = new Random(SEED);

  @Test
  void ggufFiles() throws IOException {
    byte[] sound = TinyGguf.writer(SEED).bytes();
    // The header is where lengths, counts, types and offsets are.
    int header = indexOf(sound, "output_norm.weight") + 64;
    Path file = folder.resolve("hostile.gguf");
    int refused = 0;
    for (int n = 0; n < MUTATIONS; n++) {
      byte[] bytes = mutated(sound, header);
      Files.write(file, bytes);
      refused += outcome(file, "mutation " + n) ? 0 : 1;
    }
    assertThat(refused).isGreaterThan(MUTATIONS / 4);
  }

  @Test
  void everyPrefixOfAGgufHeaderIsRefused() throws IOException {
    byte[] sound = TinyGguf.writer(SEED).bytes();
    Path file = folder.resolve("cut.gguf");
    for (int length = 0; length < sound.length; length += 1 + length / 50) {
      Files.write(file, Arrays.copyOf(sound, length));
      assertThat(outcome(file, "prefix " + length)).isFalse();
    }
  }

  @Test
  void everyLengthAndCountAtItsWorst() throws IOException {
    byte[] sound = TinyGguf.writer(SEED).bytes();
    int header = indexOf(sound, "output_norm.weight") + 64;
    Path file = folder.resolve("worst.gguf");
    long[] worst = {
      -1, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, 1L << 32, (1L << 62) + 3
    };
    for (int at = 4; at + 8 < header; at += 1 + random.nextInt(40)) {
      byte[] bytes = sound.clone();
      ByteBuffer.wrap(bytes)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(at, worst[random.nextInt(worst.length)]);
      Files.write(file, bytes);
      outcome(file, "eight bytes at " + at);
    }
    for (int at : new int[] {8, 16}) {
      for (long value : worst) {
        byte[] bytes = sound.clone();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
        Files.write(file, bytes);
        assertThat(outcome(file, "count at " + at)).isFalse();
      }
    }
  }

  @Test
  void hubFolders() throws IOException {
    MadeUpModel.small(SEED).write(folder);
    Map<String, byte[]> sound = new HashMap<>();
    for (String name :
        new String[] {
          "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"
        }) {
      sound.put(name, Files.readAllBytes(folder.resolve(name)));
    }
    for (Map.Entry<String, byte[]> e : sound.entrySet()) {
      int header =
          e.getKey().equals("model.safetensors")
              ? 8 + (int) ByteBuffer.wrap(e.getValue()).order(ByteOrder.LITTLE_ENDIAN).getLong()
              : e.getValue().length;
      int refused = 0;
      for (int n = 0; n < MUTATIONS / 2; n++) {
        Files.write(folder.resolve(e.getKey()), mutated(e.getValue(), header));
        refused += outcome(folder, e.getKey() + " mutation " + n) ? 0 : 1;
      }
      assertThat(refused).as(e.getKey()).isGreaterThan(MUTATIONS / 20);
      Files.write(folder.resolve(e.getKey()), e.getValue());
    }
    assertThat(outcome(folder, "restored")).isTrue();
  }

  @Test
  void numbersInJsonAtTheirWorst() throws IOException {
    MadeUpModel.small(SEED).write(folder);
    for (String name : new String[] {"config.json", "model.safetensors", "tokenizer.json"}) {
      byte[] sound = Files.readAllBytes(folder.resolve(name));
      String text = new String(sound, StandardCharsets.ISO_8859_1);
      String[] worst = {
        "-1",
        "0",
        "2147483648",
        "9223372036854775808",
        "1e999",
        "1.5",
        "null",
        "[]",
        "\"x\"",
        "1000000000"
      };
      Matcher m = Pattern.compile("(?<=[:,\\[])\\d+(?=[,}\\]])").matcher(text);
      int from = 0;
      for (int n = 0; n < 100 && from < text.length() && m.find(from); n++) {
        String value = worst[random.nextInt(worst.length)];
        String changed = text.substring(0, m.start()) + value + text.substring(m.end());
        byte[] bytes = changed.getBytes(StandardCharsets.ISO_8859_1);
        if (name.equals("model.safetensors")) {
          ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
          b.putLong(0, b.getLong(0) + value.length() - (m.end() - m.start()));
        }
        Files.write(folder.resolve(name), bytes);
        outcome(folder, name + " at " + m.start());
        from = m.end() + random.nextInt(30);
      }
      Files.write(folder.resolve(name), sound);
    }
  }

  @Test
  void publicParts() throws IOException {
    MadeUpModel.small(SEED).write(folder);
    Path file = folder.resolve("public.json");
    try (ModelFiles model = ModelFiles.open(folder)) {
      model.publicPart().write(file);
    }
    byte[] sound = Files.readAllBytes(file);
    int refused = 0;
    for (int n = 0; n < MUTATIONS / 2; n++) {
      Files.write(file, mutated(sound, sound.length));
      try {
        PublicPart.read(file).tokenizer().close();
      } catch (ModelException e) {
        refused++;
        assertThat(e.getMessage()).hasSizeBetween(20, 600).endsWith(".");
      }
    }
    assertThat(refused).isGreaterThan(MUTATIONS / 20);
  }

  private byte[] mutated(byte[] sound, int header) {
    byte[] bytes = sound.clone();
    switch (random.nextInt(5)) {
      case 0 -> bytes[random.nextInt(header)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[random.nextInt(header)] = (byte) random.nextInt();
      case 2 -> {
        int at = random.nextInt(header);
        for (int i = at; i < Math.min(header, at + 8); i++) {
          bytes[i] = (byte) 0xff;
        }
      }
      case 3 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      default -> {
        int from = random.nextInt(header);
        int to = random.nextInt(header);
        int length = Math.min(1 + random.nextInt(64), header - Math.max(from, to));
        System.arraycopy(sound, from, bytes, to, length);
      }
    }
    return bytes;
  }

  /** Whether it is still a model; anything but a clear refusal otherwise fails. */
  private static boolean outcome(Path path, String what) {
    try (ModelFiles model = ModelFiles.open(path)) {
      for (String name : model.names()) {
        model.read(name, model.rows(name) - 1, 1, new float[model.columns(name)]);
      }
      model.publicPart().tokenizer().close();
      return true;
    } catch (ModelException e) {
      assertThat(e.getMessage()).as(what).hasSizeBetween(20, 600).endsWith(".");
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(what, e);
    }
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf(text);
  }
}
