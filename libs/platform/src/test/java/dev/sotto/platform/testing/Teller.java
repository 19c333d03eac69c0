package dev.sotto.platform.testing;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.CreditRequested;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.Topic;
import dev.sotto.platform.data.ServiceLogin;
import dev.sotto.platform.event.EventConsumers;
import dev.sotto.platform.event.Outbox;
import dev.sotto.platform.start.ServiceStart;
import java.util.List;
import java.util.UUID;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A service that tells numbered events of one key, and takes them: as a process to be killed. */
public final class Teller {
  private final ConfigurableApplicationContext context;
  private final JdbcClient jdbc;

  public Teller(String url, String password, String kafka) {
    context =
        ServiceStart.of(SampleService.class, "sample")
            .on(url, new ServiceLogin("sample", password, password), kafka)
            .set("sotto.platform.instance", "teller")
            .set("logging.level.root", "warn")
            .runWithoutWeb();
    jdbc = context.getBean(JdbcClient.class);
    context.getBean(EventConsumers.class).subscribe("teller", List.of(Topic.CREDIT), this::take);
  }

  /** Takes the URL, the password and the broker; tells until it is killed. */
  public static void main(String[] args) {
    Teller teller = new Teller(args[0], args[1], args[2]);
    System.out.println("telling");
    while (true) {
      teller.tell();
    }
  }

  private void take(EventRecord told) {
    note("taken", ((CreditRequested) told.event()).jobId());
  }

  private void note(String what, String job) {
    jdbc.sql("INSERT INTO effect (consumer, job) VALUES (?, ?)").params(what, job).update();
  }

  public List<String> noted(String what) {
    return jdbc.sql("SELECT job FROM effect WHERE consumer = ? ORDER BY id")
        .param(what)
        .query(String.class)
        .list();
  }

  private void tell() {
    new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
        .executeWithoutResult(
            status -> {
              String job = Samples.job();
              note("told", job);
              context
                  .getBean(Outbox.class)
                  .tell(
                      new CreditRequested(
                          job,
                          new UUID(0, 1),
                          new UUID(0, 2),
                          "made-up",
                          Protection.PASSIVE,
                          1,
                          1,
                          0));
            });
  }

  public void close() {
    context.close();
  }
}
