package dev.sotto.sidecar;

import dev.sotto.client.platform.HttpJobChannel;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.openai.AnswerJob;
import dev.sotto.openai.ApiHost;
import dev.sotto.openai.Caller;
import dev.sotto.openai.EnclavePlace;
import dev.sotto.openai.PlatformAnswer;
import dev.sotto.openai.ServedModel;
import dev.sotto.openai.error.ApiError;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The API on the caller's own machine: the enclave is this process. */
final class SidecarHost implements ApiHost {
  private static final Pattern OWN_MACHINE =
      Pattern.compile("(localhost|127\\.[0-9.]+|\\[::1\\])(:[0-9]+)?", Pattern.CASE_INSENSITIVE);

  private final HttpJobChannel gateway;
  private final TrustRoots roots;
  private final GatewayModels models;
  private final SidecarSettings settings;
  private final @Nullable String localKey;
  private final InstantSource clock;

  SidecarHost(
      HttpJobChannel gateway,
      TrustRoots roots,
      GatewayModels models,
      SidecarSettings settings,
      @Nullable String localKey,
      InstantSource clock) {
    this.gateway = gateway;
    this.roots = roots;
    this.models = models;
    this.settings = settings;
    this.localKey = localKey;
    this.clock = clock;
  }

  @Override
  public EnclavePlace place() {
    return EnclavePlace.SIDECAR;
  }

  @Override
  public Caller caller(HttpServletRequest request) {
    if (localKey != null) {
      if (!has(request.getHeader("Authorization"), localKey)) {
        throw new ApiError(
            401,
            "invalid_api_key",
            null,
            "This sidecar wants its own key: 'Authorization: Bearer …' with what its"
                + " local-key-file holds.");
      }
    } else if (!OWN_MACHINE.matcher(String.valueOf(request.getHeader("Host"))).matches()) {
      // A page of a stranger may have its own name resolve to this machine.
      throw new ApiError(
          403, "forbidden_host", null, "This sidecar answers as localhost or 127.0.0.1 only.");
    }
    return () -> "local";
  }

  private static boolean has(@Nullable String header, String key) {
    byte[] given = String.valueOf(header).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(given, ("Bearer " + key).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public List<ServedModel> models(Caller caller) {
    return models.list();
  }

  @Override
  public AnswerJob open(
      Caller caller,
      ServedModel model,
      Protection protection,
      int promptTokens,
      int maxTokens,
      Consumer<JobId> asked) {
    return PlatformAnswer.open(
        gateway,
        roots,
        model,
        protection,
        promptTokens,
        maxTokens,
        settings.patience(),
        clock,
        asked);
  }

  @Override
  public InstantSource clock() {
    return clock;
  }
}
