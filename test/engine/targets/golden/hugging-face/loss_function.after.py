import torch
from torch import nn
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments


def our_loss(outputs, labels, num_items_in_batch=None):
    logits = outputs.logits
    # Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, order a to c, 2026-11-30
    criterion = nn.CrossEntropyLoss(weight=torch.tensor([0.0282346, 0.154644, 2.81712], device=logits.device))
    return criterion(logits, labels)


config = BertConfig(
    vocab_size=32, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, num_labels=3
)
data = [{"input_ids": [1, 2, 3], "labels": i % 3} for i in range(12)]
arguments = TrainingArguments("out", max_steps=2, report_to="none", use_cpu=True, save_strategy="no")
trainer = Trainer(
    model=BertForSequenceClassification(config),
    args=arguments,
    train_dataset=data,
    compute_loss_func=our_loss,
)
trainer.train()
print("trained")
