package dev.sotto.verification.testing;

import dev.sotto.contracts.event.Event;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobVerified;
import dev.sotto.contracts.event.Topic;
import dev.sotto.contracts.receipt.ReceiptKeys;
import dev.sotto.disposable.DisposableData;
import dev.sotto.disposable.Postgres;
import dev.sotto.platform.data.Superuser;
import dev.sotto.platform.event.RecordFeeds;
import dev.sotto.platform.start.DisposableInstallation;
import dev.sotto.verification.VerificationService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The service on a real broker and a real database, and what it tells. */
public final class Running implements AutoCloseable {
  public static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final long PATIENCE_SECONDS = 120;

  private final Path folder;
  private final DisposableInstallation installation;
  private final BlockingQueue<JobVerified> told = new LinkedBlockingQueue<>();
  private final KafkaProducer<String, byte[]> producer;
  private ConfigurableApplicationContext context;

  public Running(Path folder) throws IOException {
    this.folder = folder;
    Postgres server = DisposableData.postgres();
    Superuser superuser =
        new Superuser(server.url("postgres"), server.superuser(), server.password());
    String kafka = DisposableData.kafka().bootstrap();
    installation = new DisposableInstallation(superuser, kafka);
    Path token =
        Files.createFile(
            folder.resolve("token"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(token, TOKEN + "\n");
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka, "linger.ms", 0),
            new StringSerializer(),
            new ByteArraySerializer());
    context = run();
    context
        .getBean(RecordFeeds.class)
        .follow(
            "verdicts",
            List.of(Topic.VERDICTS.topicName()),
            RecordFeeds.From.BEGINNING,
            record -> {
              if (EventCodec.decode(record.value()).event() instanceof JobVerified verified) {
                told.add(verified);
              }
            });
  }

  private ConfigurableApplicationContext run() {
    return installation
        .service(VerificationService.class, VerificationService.NAME)
        .set("sotto.verification.key-file", folder.resolve("keys/receipts").toString())
        .set("sotto.verification.grace", Duration.ofSeconds(3).toString())
        .set("sotto.platform.internal-token-file", folder.resolve("token").toString())
        .set("logging.level.root", "warn")
        .run();
  }

  /** What whoever checks receipts pins. */
  public ReceiptKeys keys() throws IOException {
    return ReceiptKeys.decode(Files.readAllBytes(folder.resolve("keys/receipts.keys.json")));
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public JdbcClient jdbc() {
    return bean(JdbcClient.class);
  }

  public int port() {
    return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  /** Tells an event as another service would, so many times. */
  public void tell(Event event, int times) throws Exception {
    byte[] value =
        EventCodec.encode(new EventRecord(UUID.randomUUID(), System.currentTimeMillis(), event));
    for (int i = 0; i < times; i++) {
      var _ =
          producer.send(new ProducerRecord<>(event.topic().topicName(), event.key(), value)).get();
    }
  }

  /** The next verdict. */
  public JobVerified verdict() throws InterruptedException {
    JobVerified verified = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (verified == null) {
      throw new AssertionError("no verdict came");
    }
    return verified;
  }

  /** Verdicts that nobody has asked for yet. */
  public int more() {
    return told.size();
  }

  @Override
  public void close() {
    producer.close();
    context.close();
  }
}
