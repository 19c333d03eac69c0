package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.models.source.ModelSources;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubSettingsTest {
  @TempDir private Path cache;

  @Test
  void thePublicHubUnlessAnotherIsNamed() {
    assertThat(HubSettings.of(Map.of()).address().getScheme()).isEqualTo("https");
    HubSettings own = HubSettings.of(Map.of(HubSettings.ADDRESS, "http://127.0.0.1:8080"));
    assertThat(own.address()).hasToString("http://127.0.0.1:8080");
    assertThat(own.in(ModelSources.cachedIn(cache))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"no address", "ftp://example.org", "hub", "https://"})
  void anAddressThatIsNoneIsRefusedByTheVariablesName(String address) {
    assertThatThrownBy(() -> HubSettings.of(Map.of(HubSettings.ADDRESS, address)))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining(HubSettings.ADDRESS);
  }

  @Test
  void aTokenIsNeverShown() {
    HubSettings settings = HubSettings.of(Map.of(HubSettings.TOKEN, "hf_secret"));
    assertThat(settings.toString()).doesNotContain("hf_secret");
    HubSettings odd = HubSettings.of(Map.of(HubSettings.TOKEN, "hf secret"));
    assertThatThrownBy(() -> odd.in(ModelSources.cachedIn(cache)))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining(HubSettings.TOKEN)
        .hasMessageNotContaining("secret");
  }
}
