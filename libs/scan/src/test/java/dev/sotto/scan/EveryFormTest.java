package dev.sotto.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets as programs write them, in bytes and in files. */
class EveryFormTest {
  private static final String TEXT = "the \"quetzal\" ✻ and the amber";
  private static final long[] IDS = {31, 7, 290, 44, 105, 3, 66, 281, 9, 12, 77, 140};

  @TempDir private Path folder;

  private static Needles needles() {
    Needles needles = new Needles();
    needles.everyText("text", TEXT);
    needles.everyInteger("ids", IDS);
    return needles;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void base64IsFoundWhereverTheTextBeginsInIt(int before) {
    byte[] whole = utf8("x".repeat(before) + TEXT + "yz");
    byte[] wide = ("x".repeat(before) + TEXT).getBytes(StandardCharsets.UTF_16LE);
    for (Base64.Encoder encoder :
        new Base64.Encoder[] {Base64.getEncoder(), Base64.getUrlEncoder()}) {
      assertThat(new MemoryScan(needles()).find(encoder.encode(whole)))
          .anyMatch(name -> name.startsWith("text in UTF-8 as base64"));
      assertThat(new MemoryScan(needles()).find(encoder.encode(wide)))
          .anyMatch(name -> name.startsWith("text in UTF-16 as base64"));
    }
  }

  @Test
  void escapedTextAndWrittenNumbersAreFound() {
    for (String letter : List.of("✻", "\\u273b", "\\u273B")) {
      String json = "{\"a\": \"the \\\"quetzal\\\" %s and the amber\"}".formatted(letter);
      assertThat(new MemoryScan(needles()).find(utf8(json))).containsExactly("text escaped");
    }
    assertThat(new MemoryScan(needles()).find(utf8("[1,31,7,290,44,105,3,66,281,9,12,77,140,8]")))
        .containsExactly("ids as list with \",\"");
    assertThat(new MemoryScan(needles()).find(utf8("the quetzal and the amber, 31, 7, 290")))
        .isEmpty();
  }

  /** Files are read in parts of a mebibyte. */
  @ParameterizedTest
  @ValueSource(ints = {0, (1 << 20) - 5, 1 << 20, (2 << 20) + 3})
  void aFileIsLookedThroughAcrossItsParts(int before) throws Exception {
    byte[] text = utf8(TEXT);
    byte[] all = new byte[before + text.length];
    System.arraycopy(text, 0, all, before, text.length);
    Path file = Files.write(folder.resolve("file"), all);
    MemoryScan scan = new MemoryScan(needles());
    assertThat(scan.find(file)).containsExactly("text as UTF-8");
    assertThat(scan.scanned()).isEqualTo(all.length);
  }
}
