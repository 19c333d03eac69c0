package dev.sotto.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class StopStringsTest {
  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(20261123);

  @Test
  void whatMayBeginAStopStringIsHeldBackAndReleased() {
    StopStrings stops = new StopStrings(List.of("END", "\n\n"));
    assertThat(stops.accept("the E")).isEqualTo("the ");
    assertThat(stops.accept("N")).isEmpty();
    assertThat(stops.accept("Glish\n")).isEqualTo("ENGlish");
    assertThat(stops.stopped()).isFalse();
    assertThat(stops.accept("\nmore")).isEmpty();
    assertThat(stops.stopped()).isTrue();
    assertThat(stops.accept("END of it")).isEmpty();
    assertThat(stops.finish()).isEmpty();
  }

  @Test
  void theEndReleasesWhatWasNoStopString() {
    StopStrings stops = new StopStrings(List.of("</s>"));
    assertThat(stops.accept("x</")).isEqualTo("x");
    assertThat(stops.finish()).isEqualTo("</");
    assertThat(stops.stopped()).isFalse();
  }

  @Test
  void withoutStopStringsTextPassesAtOnce() {
    StopStrings none = new StopStrings(List.of());
    assertThat(none.accept("abc")).isEqualTo("abc");
    assertThat(none.finish()).isEmpty();
  }

  @Test
  void theFirstToEndWins() {
    StopStrings stops = new StopStrings(List.of("abcd", "bc", "abc"));
    assertThat(stops.accept("xabcd")).isEqualTo("x");
  }

  /** Overlaps such as "aab" in "aaab" are where a hand-made matcher goes wrong. */
  @Test
  void theResultDoesNotDependOnThePieces() {
    for (int round = 0; round < 20_000; round++) {
      List<String> stops = new ArrayList<>();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        stops.add(letters(1 + random.nextInt(4)));
      }
      String text = letters(random.nextInt(20));
      StopStrings watch = new StopStrings(stops);
      StringBuilder shown = new StringBuilder();
      for (int at = 0; at < text.length(); ) {
        int end = Math.min(text.length(), at + random.nextInt(4));
        shown.append(watch.accept(text.substring(at, end)));
        at = end;
      }
      shown.append(watch.finish());
      assertThat(shown.toString()).as("%s in %s", stops, text).isEqualTo(cut(text, stops));
    }
  }

  @Test
  void badStopStringsAreRefusedByName() {
    assertThatThrownBy(() -> new StopStrings(List.of("ok", "")))
        .isInstanceOf(InvalidParameter.class)
        .hasMessage("stop must have 1 to 512 characters, had 0");
    assertThatThrownBy(() -> new StopStrings(List.of("x".repeat(513))))
        .hasMessage("stop must have 1 to 512 characters, had 513");
    assertThatThrownBy(() -> new StopStrings(java.util.Collections.nCopies(17, "x")))
        .hasMessage("stop must be at most 16 strings, was 17");
    assertThatThrownBy(() -> new StopStrings(List.of("\ud83d")))
        .hasMessageContaining("half a character");
  }

  /** By definition: the shortest prefix that ends in a stop string, less its longest one. */
  private static String cut(String text, List<String> stops) {
    for (int end = 0; end <= text.length(); end++) {
      String prefix = text.substring(0, end);
      int longest =
          stops.stream().filter(prefix::endsWith).mapToInt(String::length).max().orElse(0);
      if (longest > 0) {
        return prefix.substring(0, end - longest);
      }
    }
    return text;
  }

  private String letters(int n) {
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < n; i++) {
      b.append((char) ('a' + random.nextInt(2)));
    }
    return b.toString();
  }
}
