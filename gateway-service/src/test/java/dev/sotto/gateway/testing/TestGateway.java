package dev.sotto.gateway.testing;

import dev.sotto.disposable.DisposableData;
import dev.sotto.disposable.Postgres;
import dev.sotto.gateway.GatewayService;
import dev.sotto.gateway.keys.Scope;
import dev.sotto.models.MadeUpModel;
import dev.sotto.models.format.HubModel;
import dev.sotto.models.text.PublicPart;
import dev.sotto.models.text.Tokenizer;
import dev.sotto.platform.data.Superuser;
import dev.sotto.platform.start.DisposableInstallation;
import dev.sotto.platform.start.ServiceStart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.context.ConfigurableApplicationContext;

/** A gateway with a database of its own, on the broker of this JVM. */
public final class TestGateway implements AutoCloseable {
  public static final String MODEL = "made-up";

  private final DisposableInstallation installation;
  private final Path folder;
  private final OpeningLane lane;
  private final ConfigurableApplicationContext context;
  private final String key;

  private TestGateway(
      DisposableInstallation installation,
      Path folder,
      Map<String, Object> settings,
      OpeningLane lane) {
    this.lane = lane;
    this.installation = installation;
    this.folder = folder;
    ServiceStart start = installation.service(GatewayService.class, "gateway");
    start.set("sotto.gateway.key-secret-file", folder.resolve("key-secret"));
    start.set("sotto.gateway.first-key-file", folder.resolve("first-key"));
    start.set("sotto.gateway.models-folder", folder.resolve("models"));
    start.set("sotto.gateway.roots-file", folder.resolve("roots.json"));
    settings.forEach(start::set);
    this.context = start.run();
    try {
      this.key = Files.readString(folder.resolve("first-key")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new installation, with a small model. */
  public static TestGateway start(Path folder, Map<String, Object> settings) {
    try {
      Files.write(folder.resolve("key-secret"), new byte[48]);
      Path source = folder.resolve("source");
      MadeUpModel.small(7).write(source);
      Path served = Files.createDirectories(folder.resolve("models").resolve(MODEL));
      try (HubModel model = HubModel.open(source)) {
        PublicPart part = model.publicPart();
        part.write(served.resolve("model.json"));
        OpeningLane lane;
        try (Tokenizer tokenizer = part.tokenizer()) {
          lane = new OpeningLane(part, tokenizer.encode("ab", false));
        }
        Files.write(folder.resolve("roots.json"), lane.roots().encode());
        return new TestGateway(fresh(), folder, settings, lane);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DisposableInstallation fresh() {
    Postgres data = DisposableData.postgres();
    return new DisposableInstallation(
        new Superuser(data.url("postgres"), data.superuser(), data.password()),
        DisposableData.kafka().bootstrap());
  }

  /** Another instance of the same installation; also what a restart is. */
  public TestGateway another(Map<String, Object> settings) {
    return new TestGateway(installation, folder, settings, lane);
  }

  public ConfigurableApplicationContext context() {
    return context;
  }

  public DisposableInstallation installation() {
    return installation;
  }

  /** A lane that the gateway's enclave believes; its answer is "ababab…". */
  public OpeningLane lane() {
    return lane;
  }

  public Path folder() {
    return folder;
  }

  /** The key of the first start: all scopes. */
  public String key() {
    return key;
  }

  public String base() {
    return "http://127.0.0.1:" + port("local.server.port");
  }

  public String management() {
    return "http://127.0.0.1:" + port("local.management.port");
  }

  private String port(String name) {
    return Objects.requireNonNull(context.getEnvironment().getProperty(name));
  }

  /** A caller with the first key. */
  public Http http() {
    return new Http(base(), key);
  }

  /** The first project's id. */
  public String project() {
    return http().get("/v1/organization/projects").text("/data/0/id");
  }

  /** A new key in the first project. */
  public String newKey(Scope... scopes) {
    String labels =
        Stream.of(scopes).map(one -> '"' + one.label() + '"').collect(Collectors.joining(","));
    return http()
        .post(
            "/v1/organization/projects/" + project() + "/api_keys",
            "{\"name\":\"test\",\"scopes\":[" + labels + "]}")
        .text("/value");
  }

  /** Returns once a condition holds; fails after a minute. */
  public static void until(BooleanSupplier condition) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < 3000 && !condition.getAsBoolean(); i++) {
      if (i == 2999 || never.await(20, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the condition did not come to hold within a minute");
      }
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
