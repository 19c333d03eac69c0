package dev.sotto.openai;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The API over {@link TestHost}, on a real server. */
@SpringBootApplication(scanBasePackages = "dev.sotto.openai.nothing")
@Import(OpenAiApi.class)
class TestApp {
  @Bean
  TestHost host() {
    return new TestHost();
  }
}
