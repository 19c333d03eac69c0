package dev.sotto.verification.audit;

import dev.sotto.client.platform.HttpJobChannel;
import dev.sotto.client.platform.ModelPin;
import dev.sotto.contracts.audit.AnswerBook;
import dev.sotto.contracts.event.Topic;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.models.text.PublicPart;
import dev.sotto.platform.event.EventConsumers;
import dev.sotto.platform.internal.InternalToken;
import dev.sotto.verification.VerificationSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** How audits are wired; none run unless they are configured. */
@Configuration(proxyBeanMethods = false)
class AuditWiring {
  @Bean
  AuditLog auditLog(PlatformTransactionManager transactions, JdbcClient jdbc) {
    return new AuditLog(new TransactionTemplate(transactions), jdbc);
  }

  /** Where they are. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty("sotto.verification.audits.answers-file")
  static class Configured {
    private static VerificationSettings.Audits settings(VerificationSettings all) {
      VerificationSettings.Audits audits = all.audits();
      if (audits == null) {
        throw new IllegalStateException("sotto.verification.audits is incomplete");
      }
      return audits;
    }

    @Bean(destroyMethod = "close")
    HttpJobChannel auditChannel(VerificationSettings all) throws IOException {
      VerificationSettings.Audits settings = settings(all);
      String key = Files.readString(settings.keyFile()).strip();
      return new HttpJobChannel(settings.gatewayUrl(), key, InstantSource.system());
    }

    private static ModelPin model(VerificationSettings.Audits settings) {
      return ModelPin.of(PublicPart.read(settings.modelFile()));
    }

    @Bean(destroyMethod = "close")
    LaneRoom laneRoom(InternalToken token, VerificationSettings all) {
      VerificationSettings.Audits settings = settings(all);
      return new LaneRoom(settings.orchestrationUrl(), token, model(settings).modelDigest());
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    AuditLoop auditLoop(
        HttpJobChannel auditChannel,
        AuditLog log,
        LaneRoom laneRoom,
        MeterRegistry meters,
        VerificationSettings all)
        throws IOException {
      VerificationSettings.Audits settings = settings(all);
      AnswerBook book = AnswerBook.open(settings.answersFile());
      ModelPin model = model(settings);
      if (!book.modelDigest().equals(model.modelDigest()) || book.vocab() != model.vocab()) {
        throw new IllegalStateException(
            "sotto.verification.audits.answers-file is of another model than model-file");
      }
      TrustRoots roots = TrustRoots.decode(Files.readAllBytes(settings.rootsFile()));
      SecureRandom random = new SecureRandom();
      Audit audit =
          new Audit(
              auditChannel, roots, model, settings.model(), book, InstantSource.system(), random);
      return new AuditLoop(
          audit,
          log,
          new Shapes(settings.model()),
          laneRoom::free,
          settings.share(),
          settings.model(),
          meters,
          random);
    }

    @Bean
    SmartInitializingSingleton auditShapes(EventConsumers consumers, AuditLoop loop) {
      return () ->
          consumers.subscribe(
              "verification-shapes", List.of(Topic.JOBS, Topic.JOB_STATUS), loop::take);
    }
  }
}
