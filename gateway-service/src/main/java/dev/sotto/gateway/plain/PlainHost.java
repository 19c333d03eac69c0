package dev.sotto.gateway.plain;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.gateway.GatewaySettings;
import dev.sotto.gateway.jobs.JobDesk;
import dev.sotto.gateway.keys.Caller.KeyHolder;
import dev.sotto.gateway.keys.Caller.Operator;
import dev.sotto.gateway.limits.Limits;
import dev.sotto.gateway.models.ModelFile;
import dev.sotto.gateway.models.ServedModels;
import dev.sotto.gateway.security.SignedIn;
import dev.sotto.openai.Admission;
import dev.sotto.openai.AnswerJob;
import dev.sotto.openai.ApiHost;
import dev.sotto.openai.Caller;
import dev.sotto.openai.EnclavePlace;
import dev.sotto.openai.PlatformAnswer;
import dev.sotto.openai.ServedModel;
import dev.sotto.openai.error.ApiError;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/** The gateway as a host of the enclave: keys, limits and the desk behind the API's controllers. */
@Component
class PlainHost implements ApiHost {
  private final JobDesk desk;
  private final Limits limits;
  private final ServedModels models;
  private final TrustRoots roots;
  private final Duration patience;
  private final Clock clock;

  PlainHost(
      JobDesk desk, Limits limits, ServedModels models, GatewaySettings settings, Clock clock) {
    this.desk = desk;
    this.limits = limits;
    this.models = models;
    this.roots = roots(settings);
    this.patience = settings.patience();
    this.clock = clock;
  }

  private static TrustRoots roots(GatewaySettings settings) {
    try {
      return TrustRoots.decode(Files.readAllBytes(settings.rootsFile()));
    } catch (IOException e) {
      throw new IllegalStateException(
          "sotto.gateway.roots-file names a file that cannot be read: " + settings.rootsFile(), e);
    }
  }

  /** Who asks, as the API's controllers carry it. */
  private record Known(dev.sotto.gateway.keys.Caller who) implements Caller {
    @Override
    public String scope() {
      return switch (who) {
        case KeyHolder key -> key.keyId().toString();
        case Operator operator -> operator.tenantId() + "/" + operator.subject();
      };
    }
  }

  @Override
  public EnclavePlace place() {
    return EnclavePlace.GATEWAY;
  }

  @Override
  public Caller caller(HttpServletRequest request) {
    return new Known(SignedIn.caller());
  }

  private static KeyHolder key(Caller caller) {
    if (caller instanceof Known(KeyHolder holder)) {
      return holder;
    }
    throw new ApiError(403, "api_key_required", null, "Only API keys may do this.");
  }

  @Override
  public List<ServedModel> models(Caller caller) {
    return models.all().stream().map(ModelFile::model).toList();
  }

  @Override
  public Admission admit(
      Caller caller, ServedModel model, int jobs, int promptTokens, int maxTokens) {
    KeyHolder key = key(caller);
    long tokens = (long) promptTokens + maxTokens;
    return new Taken(
        limits.reserve(key.keyId(), key.limits(), tokens), limits.state(key.keyId(), key.limits()));
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
        desk.hosted(key(caller)),
        roots,
        model,
        protection,
        promptTokens,
        maxTokens,
        patience,
        clock,
        asked);
  }

  @Override
  public Clock clock() {
    return clock;
  }
}
