package dev.sotto.platform.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InternalTokenTest {
  private static final String GOOD = "0123456789abcdefghijABCDEFGHIJ_-";

  @TempDir Path folder;

  @Test
  void onlyTheTokenMatches() throws IOException {
    InternalToken token = InternalToken.read(Files.writeString(folder.resolve("t"), GOOD + "\n"));
    assertThat(token.matches(GOOD)).isTrue();
    assertThat(token.value()).isEqualTo(GOOD);
    assertThat(token.toString()).doesNotContain(GOOD);
    for (String wrong :
        List.of("", GOOD + "x", GOOD.substring(1), GOOD.toLowerCase(java.util.Locale.ROOT))) {
      assertThat(token.matches(wrong)).isFalse();
    }
    assertThat(token.matches(null)).isFalse();
  }

  @Test
  void withoutATokenNothingMatches() {
    assertThat(InternalToken.none().matches("")).isFalse();
    assertThat(InternalToken.none().isPresent()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> InternalToken.none().value());
  }

  @Test
  void aBadFileIsNamedByItsSetting() throws IOException {
    for (String bad : List.of("", "short", "x".repeat(257), GOOD + " " + GOOD)) {
      Path file = Files.writeString(folder.resolve("t"), bad);
      assertThatIllegalStateException()
          .isThrownBy(() -> InternalToken.read(file))
          .withMessageContaining("sotto.platform.internal-token-file");
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> InternalToken.read(folder.resolve("none")))
        .withMessageContaining("sotto.platform.internal-token-file");
  }
}
