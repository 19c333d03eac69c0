package dev.sotto.sidecar;

import dev.sotto.client.platform.HttpJobChannel;
import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.manifest.TrustRoots;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a sidecar is made of. */
@Configuration(proxyBeanMethods = false)
class SidecarWiring {
  @Bean
  InstantSource clock() {
    return InstantSource.system();
  }

  @Bean
  HttpJobChannel gateway(SidecarSettings settings, InstantSource clock) {
    String key = SecretFile.read("sotto.sidecar.key-file", settings.keyFile());
    return new HttpJobChannel(settings.gatewayUrl(), key, clock);
  }

  @Bean
  GatewayModels models(HttpJobChannel gateway, SidecarSettings settings, InstantSource clock) {
    return new GatewayModels(gateway, settings, clock);
  }

  @Bean
  SidecarHost host(
      HttpJobChannel gateway,
      GatewayModels models,
      SidecarSettings settings,
      ServerProperties server,
      InstantSource clock) {
    Path file = settings.localKeyFile();
    String localKey = file == null ? null : SecretFile.read("sotto.sidecar.local-key-file", file);
    requireKeyBeyondThisMachine(server.getAddress(), localKey);
    return new SidecarHost(gateway, roots(settings), models, settings, localKey, clock);
  }

  /** Whoever reaches a sidecar spends its owner's money, and sends it prompts in plain form. */
  static void requireKeyBeyondThisMachine(
      @Nullable InetAddress address, @Nullable String localKey) {
    if (localKey == null && (address == null || !address.isLoopbackAddress())) {
      throw new IllegalArgumentException(
          "server.address is not this machine's own: others may come, so"
              + " sotto.sidecar.local-key-file must name a file with a key for them");
    }
  }

  private static TrustRoots roots(SidecarSettings settings) {
    try {
      return TrustRoots.decode(Files.readAllBytes(settings.rootsFile()));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "sotto.sidecar.roots-file: " + settings.rootsFile() + " cannot be read", e);
    } catch (BadMessage e) {
      throw new IllegalArgumentException(
          "sotto.sidecar.roots-file: " + settings.rootsFile() + ": " + e.getMessage(), e);
    }
  }
}
