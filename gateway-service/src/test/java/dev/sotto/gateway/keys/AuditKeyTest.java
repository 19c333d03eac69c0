package dev.sotto.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.gateway.testing.Http;
import dev.sotto.gateway.testing.TestGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditKeyTest {
  private static final String SETTING = "sotto.gateway.audit-key-file";

  @TempDir private Path folder;

  private static String key() {
    return KeyText.draw(new SecureRandom()).reveal();
  }

  private static int modelsFor(TestGateway gateway, String key) {
    return new Http(gateway.base(), key).get("/v1/models").status();
  }

  @Test
  void theKeyThatIsGivenIsTakenAndNoEarlierOne() throws Exception {
    Path file = folder.resolve("audit-key");
    String one = key();
    Files.writeString(file, one + "\n");
    String two = key();
    try (TestGateway gateway = TestGateway.start(folder, Map.of(SETTING, file))) {
      assertThat(gateway.key()).as("the first key is written all the same").isNotEmpty();
      assertThat(modelsFor(gateway, one)).isEqualTo(200);
      assertThat(new Http(gateway.base(), one).get("/v1/organization/projects").status())
          .as("it may do nothing but open jobs")
          .isEqualTo(403);
      try (TestGateway again = gateway.another(Map.of(SETTING, file))) {
        assertThat(modelsFor(again, one)).isEqualTo(200);
      }
      Files.writeString(file, two);
      try (TestGateway after = gateway.another(Map.of(SETTING, file))) {
        assertThat(modelsFor(after, one)).isEqualTo(401);
        assertThat(modelsFor(after, two)).isEqualTo(200);
      }
      Files.writeString(file, "no key");
      assertThatThrownBy(() -> gateway.another(Map.of(SETTING, file)))
          .hasStackTraceContaining(SETTING + " must hold one key");
    }
  }

  @Test
  void theTenantOfAuditsLooksLikeAnyOther() {
    byte[] one = new byte[32];
    byte[] other = new byte[32];
    other[0] = 1;
    assertThat(AuditKey.tenant(one)).isEqualTo(AuditKey.tenant(one));
    assertThat(AuditKey.tenant(one)).isNotEqualTo(AuditKey.tenant(other));
    assertThat(AuditKey.tenant(one).version()).isEqualTo(4);
    assertThat(AuditKey.tenant(one).variant()).isEqualTo(2);
  }
}
